//! What a template computes with: Go's basic kinds, lists, string-keyed maps, and named types.

use std::any::Any;
use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

mod function;

pub use function::{Function, FunctionError, Method, Signature};

/// A value of the template language. Cloning is cheap: everything large is shared.
#[derive(Clone, Debug, Default)]
pub enum Value {
    /// Go's nil interface. An action prints `<no value>`, the `print` functions print `<nil>`.
    #[default]
    Nil,
    Bool(bool),
    /// Go's `int`. Other integer types are made with [`Value::named`].
    Int(i64),
    /// Go's `float64`.
    Float(f64),
    String(Arc<str>),
    List(List),
    Map(Map),
    /// A named type: a struct, or a basic, list or map type with a name and methods of its own.
    Object(Arc<dyn Object>),
    Function(Function),
}

impl Value {
    pub fn string(text: impl Into<Arc<str>>) -> Self {
        Self::String(text.into())
    }

    /// A `[]string`.
    pub fn strings<S: Into<Arc<str>>>(items: impl IntoIterator<Item = S>) -> Self {
        let items = items.into_iter().map(|item| Self::String(item.into()));
        Self::List(List::new(Type::String, items))
    }

    /// A `[]interface {}`.
    pub fn list(items: impl IntoIterator<Item = Self>) -> Self {
        Self::List(List::new(Type::Any, items))
    }

    /// A `map[string]string`: a missing key is `""`.
    pub fn string_map<K, V>(entries: impl IntoIterator<Item = (K, V)>) -> Self
    where
        K: Into<Arc<str>>,
        V: Into<Arc<str>>,
    {
        let entries = entries
            .into_iter()
            .map(|(key, value)| (key, Self::String(value.into())));
        Self::Map(Map::new(Type::String, entries))
    }

    /// A `map[string]interface {}`: a missing key is nil.
    pub fn map<K: Into<Arc<str>>>(entries: impl IntoIterator<Item = (K, Self)>) -> Self {
        Self::Map(Map::new(Type::Any, entries))
    }

    pub fn object(object: impl Object) -> Self {
        Self::Object(Arc::new(object))
    }

    /// A value of a type with another name and no methods, such as `int64` or `uint8`.
    pub fn named(type_name: &'static str, underlying: Self) -> Self {
        Self::object(Named {
            type_name,
            underlying,
        })
    }

    /// The name of its type as Go prints it with `%T`, such as `map[string]string`.
    pub fn type_name(&self) -> Cow<'_, str> {
        match self {
            Self::Nil => Cow::Borrowed("<nil>"),
            Self::Bool(_) => Cow::Borrowed("bool"),
            Self::Int(_) => Cow::Borrowed("int"),
            Self::Float(_) => Cow::Borrowed("float64"),
            Self::String(_) => Cow::Borrowed("string"),
            Self::List(list) => Cow::Owned(format!("[]{}", list.element().name())),
            Self::Map(map) => Cow::Owned(format!("map[string]{}", map.element().name())),
            Self::Object(object) => Cow::Borrowed(object.type_name()),
            Self::Function(function) => Cow::Owned(function.signature().to_string()),
        }
    }

    /// The value without its name: what [`Object::underlying`] says, all the way down.
    /// A struct is its own underlying value.
    pub fn underlying(&self) -> Self {
        let mut value = self.clone();
        while let Self::Object(object) = &value {
            match object.underlying() {
                Some(underlying) => value = underlying,
                None => break,
            }
        }
        value
    }

    /// The text of a string or of a named string type.
    pub fn as_str(&self) -> Option<Arc<str>> {
        match self.underlying() {
            Self::String(text) => Some(text),
            _ => None,
        }
    }

    /// The number of an integer or of a named integer type.
    pub fn as_int(&self) -> Option<i64> {
        match self.underlying() {
            Self::Int(number) => Some(number),
            _ => None,
        }
    }

    /// The items of a list or of a named list type. Nil is the empty list, as Go's nil slice is.
    pub fn as_list(&self) -> Option<List> {
        match self.underlying() {
            Self::List(list) => Some(list),
            Self::Nil => Some(List::new(Type::Any, [])),
            _ => None,
        }
    }

    /// The Rust object behind the value, if it is a `T`.
    pub fn downcast_ref<T: Object>(&self) -> Option<&T> {
        match self {
            Self::Object(object) => {
                let any: &dyn Any = object.as_ref();
                any.downcast_ref()
            }
            _ => None,
        }
    }

    /// Whether Go would take the value as true: not the zero value, not empty. A struct is true.
    pub fn truth(&self) -> bool {
        match self {
            Self::Nil => false,
            Self::Bool(value) => *value,
            Self::Int(number) => *number != 0,
            Self::Float(number) => *number != 0.0,
            Self::String(text) => !text.is_empty(),
            Self::List(list) => !list.is_empty(),
            Self::Map(map) => !map.is_empty(),
            Self::Object(object) => object.underlying().is_none_or(|value| value.truth()),
            Self::Function(_) => true,
        }
    }

    /// Whether Go would let the value stand for a parameter of that type.
    pub fn assignable_to(&self, target: Type) -> bool {
        match (self, target) {
            (_, Type::Any)
            | (Self::Bool(_), Type::Bool)
            | (Self::Int(_), Type::Int)
            | (Self::Float(_), Type::Float)
            | (Self::String(_), Type::String) => true,
            (Self::Nil, Type::Named(name)) => ["[]", "map[", "*", "func("]
                .iter()
                .any(|prefix| name.starts_with(prefix)),
            (Self::Object(object), target) => {
                object.type_name() == target.name() || object.assignable_to(target.name())
            }
            (value, Type::Named(name)) => value.type_name() == name,
            _ => false,
        }
    }

    /// How many lists and maps stand inside one another. Objects count as one.
    pub fn depth(&self) -> usize {
        match self {
            Self::List(list) => list.depth,
            Self::Map(map) => map.depth,
            _ => 1,
        }
    }
}

impl From<bool> for Value {
    fn from(value: bool) -> Self {
        Self::Bool(value)
    }
}

impl From<i64> for Value {
    fn from(number: i64) -> Self {
        Self::Int(number)
    }
}

impl From<f64> for Value {
    fn from(number: f64) -> Self {
        Self::Float(number)
    }
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Self::String(text.into())
    }
}

impl From<String> for Value {
    fn from(text: String) -> Self {
        Self::String(text.into())
    }
}

impl From<Arc<str>> for Value {
    fn from(text: Arc<str>) -> Self {
        Self::String(text)
    }
}

/// A Go type as far as parameters, elements and messages need it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Type {
    /// `interface {}`: anything.
    Any,
    Bool,
    Int,
    /// `float64`.
    Float,
    String,
    /// An integer type with another name, such as `int64` or `time.Duration`. A parameter of this
    /// type also takes a literal, which arrives as [`Value::Int`].
    NamedInt(&'static str),
    /// Any other type by its name, such as `[]string` or `time.Time`. A parameter whose type is a
    /// list, map, pointer or function also takes nil, which arrives as [`Value::Nil`].
    Named(&'static str),
}

impl Type {
    /// The name as Go writes it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Any => "interface {}",
            Self::Bool => "bool",
            Self::Int => "int",
            Self::Float => "float64",
            Self::String => "string",
            Self::NamedInt(name) | Self::Named(name) => name,
        }
    }

    /// What a map with elements of this type answers for a missing key.
    pub(crate) fn zero(self) -> Value {
        match self {
            Self::Any | Self::Named(_) => Value::Nil,
            Self::Bool => Value::Bool(false),
            Self::Int => Value::Int(0),
            Self::Float => Value::Float(0.0),
            Self::String => Value::String("".into()),
            Self::NamedInt(name) => Value::named(name, Value::Int(0)),
        }
    }
}

/// A slice: items and the type that Go would declare for them.
#[derive(Clone, Debug)]
pub struct List {
    element: Type,
    items: Arc<[Value]>,
    depth: usize,
}

impl List {
    pub fn new(element: Type, items: impl IntoIterator<Item = Value>) -> Self {
        let items: Arc<[Value]> = items.into_iter().collect();
        let depth = 1 + items.iter().map(Value::depth).max().unwrap_or(0);
        Self {
            element,
            items,
            depth,
        }
    }

    pub fn element(&self) -> Type {
        self.element
    }

    pub fn items(&self) -> &[Value] {
        &self.items
    }

    pub fn len(&self) -> usize {
        self.items.len()
    }

    pub fn is_empty(&self) -> bool {
        self.items.is_empty()
    }
}

/// A map with string keys, in the order of its keys, and the type that Go would declare for its elements.
#[derive(Clone, Debug)]
pub struct Map {
    element: Type,
    entries: Arc<BTreeMap<Arc<str>, Value>>,
    depth: usize,
}

impl Map {
    pub fn new<K: Into<Arc<str>>>(
        element: Type,
        entries: impl IntoIterator<Item = (K, Value)>,
    ) -> Self {
        let entries: BTreeMap<Arc<str>, Value> = entries
            .into_iter()
            .map(|(key, value)| (key.into(), value))
            .collect();
        let depth = 1 + entries.values().map(Value::depth).max().unwrap_or(0);
        Self {
            element,
            entries: Arc::new(entries),
            depth,
        }
    }

    pub fn element(&self) -> Type {
        self.element
    }

    /// The entry, or none; see [`Map::get_or_zero`] for what a template sees.
    pub fn get(&self, key: &str) -> Option<&Value> {
        self.entries.get(key)
    }

    /// The entry, or the zero value of the element type, as with option `missingkey=zero`.
    pub fn get_or_zero(&self, key: &str) -> Value {
        self.get(key)
            .cloned()
            .unwrap_or_else(|| self.element.zero())
    }

    /// Entries in the order of their keys.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = (&Arc<str>, &Value)> {
        self.entries.iter()
    }

    pub fn len(&self) -> usize {
        self.entries.len()
    }

    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }
}

/// A value of a named Go type: a struct, or a string, number, list or map with a name and methods.
///
/// Everything but the name has a default. A struct says its `fields` and `field`; another named type
/// says what it is made from in `underlying`, and the engine then ranges over it, indexes, counts,
/// compares and tests it as such. Methods are declared in `methods`, so that the engine can check the
/// arguments as Go does before it comes to `call`.
pub trait Object: Any + fmt::Debug + Send + Sync {
    /// The name as Go's `%T` prints it, with its package: `template.KV`. A leading `*` makes it a
    /// pointer, which the `print` functions show as `&{...}`.
    fn type_name(&self) -> &str;

    /// The string, number, bool, list or map the type is made from; none for a struct.
    fn underlying(&self) -> Option<Value> {
        None
    }

    /// The exported fields of a struct in the order of their declaration, as `%v` prints them.
    fn fields(&self) -> &'static [&'static str] {
        &[]
    }

    /// The field of a struct. May also answer names that `fields` leaves out (promoted fields).
    fn field(&self, _name: &str) -> Option<Value> {
        None
    }

    /// The methods. A method hides a field or map key of the same name.
    fn methods(&self) -> &'static [Method] {
        &[]
    }

    /// Calls one of `methods`. The engine has checked number and types of the arguments.
    ///
    /// # Errors
    /// What the method itself fails with; the template then fails with `error calling NAME: ...`.
    fn call(&self, name: &str, _arguments: &[Value]) -> Result<Value, FunctionError> {
        Err(FunctionError::new(format!("no method {name}")))
    }

    /// What the type's `String` or `Error` method returns, which `%v`, `%s` and `%q` print.
    fn display(&self) -> Option<String> {
        None
    }

    /// Whether the other value of the same type is equal; none when Go cannot compare the type.
    /// Asked for structs only.
    fn equals(&self, _other: &dyn Object) -> Option<bool> {
        None
    }

    /// Whether Go lets it stand for a parameter of that other type, beside its own: `template.Strings`
    /// stands for `[]string`, since the underlying types are the same and one has no name.
    fn assignable_to(&self, _type_name: &str) -> bool {
        false
    }

    /// How `encoding/json` writes it.
    fn to_json(&self) -> Json {
        Json::Default
    }
}

/// How a named type is written as JSON.
#[derive(Clone, Debug)]
pub enum Json {
    /// As what it is made from; a struct with the names of its fields.
    Default,
    /// An object with these members, in this order.
    Members(Vec<(&'static str, Value)>),
    /// As this other value.
    As(Value),
}

/// A value of a type that has a name and nothing else.
#[derive(Debug)]
struct Named {
    type_name: &'static str,
    underlying: Value,
}

impl Object for Named {
    fn type_name(&self) -> &str {
        self.type_name
    }

    fn underlying(&self) -> Option<Value> {
        Some(self.underlying.clone())
    }
}
