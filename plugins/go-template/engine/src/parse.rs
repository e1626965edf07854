//! Tokens into syntax trees, one for each definition of a source.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::ast::{Conditional, Node, Source, Tree};
use crate::error::ParseError;
use crate::format::quote;
use crate::functions::Functions;
use crate::lexer::{Keyword, Kind, Lexer, Token};
use crate::unquote::unquote;

mod pipeline;

/// How deep blocks and parentheses may stand inside one another. Nobody writes so deep, and the
/// parser, the renderer and the destructor of the tree all recurse that far.
const NESTING_MAX: usize = 100;

/// The templates of a source by name; the source's own stands under its name.
pub(crate) type Trees = BTreeMap<Arc<str>, Arc<Tree>>;

/// Parses a source. The first of the results is what stands outside of definitions.
pub(crate) fn parse(
    name: &str,
    text: &str,
    functions: &Functions,
) -> Result<(Arc<Tree>, Trees), ParseError> {
    let source = Arc::new(Source {
        name: name.to_owned(),
        text: text.to_owned(),
    });
    let mut parser = Parser {
        lexer: Lexer::new(text),
        functions,
        pending: Vec::new(),
        last: None,
        action_line: None,
        scope: Scope::default(),
        nesting: 0,
        trees: Trees::new(),
        source: Arc::clone(&source),
    };
    match parser.parse_source() {
        Ok(root) => Ok((root, parser.trees)),
        Err(message) => {
            let (line, position) = parser.last.unwrap_or((1, 0));
            let line_start = text[..position]
                .rfind('\n')
                .map_or(0, |newline| newline + 1);
            let column = Some(position - line_start + 1);
            Err(ParseError {
                name: name.to_owned(),
                line,
                column,
                message,
            })
        }
    }
}

struct Parser<'a> {
    lexer: Lexer<'a>,
    functions: &'a Functions,
    /// Tokens that were put back, the next one last.
    pending: Vec<Token<'a>>,
    /// Line and position of the token that the lexer made last: errors are reported there.
    last: Option<(usize, usize)>,
    /// Where the action being parsed began.
    action_line: Option<usize>,
    scope: Scope,
    nesting: usize,
    trees: Trees,
    source: Arc<Source>,
}

/// What a template's own parsing knows; a definition inside another one begins anew.
struct Scope {
    variables: Vec<Arc<str>>,
    range_depth: usize,
}

impl Default for Scope {
    fn default() -> Self {
        Self {
            variables: vec!["$".into()],
            range_depth: 0,
        }
    }
}

/// What ended a list of nodes.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Closing {
    End,
    Else,
}

impl Closing {
    fn describe(self) -> &'static str {
        match self {
            Self::End => "{{end}}",
            Self::Else => "{{else}}",
        }
    }
}

enum Item {
    Node(Node),
    Closing(Closing),
}

type Parsed<T> = Result<T, String>;

impl<'a> Parser<'a> {
    fn parse_source(&mut self) -> Parsed<Arc<Tree>> {
        let mut nodes = Vec::new();
        while self.peek().kind != Kind::End {
            if self.peek().kind == Kind::LeftDelimiter {
                let delimiter = self.next();
                let token = self.next_non_space();
                if token.kind == Kind::Keyword(Keyword::Define) {
                    self.definition()?;
                    continue;
                }
                self.pending.push(token);
                self.pending.push(delimiter);
            }
            match self.text_or_action()? {
                Item::Node(node) => nodes.push(node),
                Item::Closing(closing) => {
                    return Err(format!("unexpected {}", closing.describe()));
                }
            }
        }
        let name = self.source.name.as_str().into();
        self.add(name, nodes)
    }

    fn definition(&mut self) -> Parsed<()> {
        const CONTEXT: &str = "define clause";
        let token = self.next_non_space();
        if !matches!(token.kind, Kind::String | Kind::RawString) {
            return Err(self.unexpected(&token, CONTEXT));
        }
        let name = unquote(&token.text).ok_or("invalid syntax")?;
        self.expect_right_delimiter(CONTEXT)?;
        self.body_of_definition(name.into(), CONTEXT)
    }

    /// The nodes of a `define` or `block` up to its end, as a template of its own.
    fn body_of_definition(&mut self, name: Arc<str>, context: &str) -> Parsed<()> {
        let outer = std::mem::take(&mut self.scope);
        let (nodes, closing) = self.item_list()?;
        if closing != Closing::End {
            return Err(format!("unexpected {} in {context}", closing.describe()));
        }
        self.scope = outer;
        self.add(name, nodes)?;
        Ok(())
    }

    /// Keeps a template, unless it is empty and another one of its name is not.
    fn add(&mut self, name: Arc<str>, nodes: Vec<Node>) -> Parsed<Arc<Tree>> {
        let tree = Arc::new(Tree {
            name: Arc::clone(&name),
            source: Arc::clone(&self.source),
            nodes,
        });
        if self.trees.get(&name).is_none_or(|old| old.is_empty()) {
            self.trees.insert(name, Arc::clone(&tree));
        } else if !tree.is_empty() {
            return Err(format!(
                "template: multiple definition of template {}",
                quote(&name)
            ));
        }
        Ok(tree)
    }

    /// Nodes up to an `end` or `else`.
    fn item_list(&mut self) -> Parsed<(Vec<Node>, Closing)> {
        let mut nodes = Vec::new();
        while self.peek_non_space().kind != Kind::End {
            match self.text_or_action()? {
                Item::Node(node) => nodes.push(node),
                Item::Closing(closing) => return Ok((nodes, closing)),
            }
        }
        Err("unexpected EOF".to_owned())
    }

    fn text_or_action(&mut self) -> Parsed<Item> {
        let token = self.next_non_space();
        match token.kind {
            Kind::Text => {
                let text = token.text.as_ref().into();
                Ok(Item::Node(Node::Text {
                    position: token.position,
                    text,
                }))
            }
            Kind::LeftDelimiter => {
                self.action_line = Some(token.line);
                self.nesting += 1;
                if self.nesting > NESTING_MAX {
                    return Err(format!("blocks are nested deeper than {NESTING_MAX}"));
                }
                let item = self.action();
                self.nesting -= 1;
                self.action_line = None;
                item
            }
            _ => Err(self.unexpected(&token, "input")),
        }
    }

    fn action(&mut self) -> Parsed<Item> {
        let token = self.next_non_space();
        let Kind::Keyword(keyword) = token.kind else {
            let position = token.position;
            self.pending.push(token);
            let pipe = self.pipeline("command", Kind::RightDelimiter)?;
            return Ok(Item::Node(Node::Action { position, pipe }));
        };
        let node = match keyword {
            Keyword::Block => self.block()?,
            Keyword::Break => self.leave_range(
                "{{break}}",
                Node::Break {
                    position: token.position,
                },
            )?,
            Keyword::Continue => self.leave_range(
                "{{continue}}",
                Node::Continue {
                    position: token.position,
                },
            )?,
            Keyword::Else => return self.else_clause(),
            Keyword::End => {
                self.expect_right_delimiter("end")?;
                return Ok(Item::Closing(Closing::End));
            }
            Keyword::If => Node::If(self.conditional(Keyword::If, "if")?),
            Keyword::With => Node::With(self.conditional(Keyword::With, "with")?),
            Keyword::Range => self.range()?,
            Keyword::Template => self.template()?,
            Keyword::Define => return Err(self.unexpected(&token, "command")),
        };
        Ok(Item::Node(node))
    }

    fn else_clause(&mut self) -> Parsed<Item> {
        let next = self.peek_non_space().kind;
        // The keyword stays, for the conditional that the `else` belongs to.
        if !matches!(next, Kind::Keyword(Keyword::If | Keyword::With)) {
            self.expect_right_delimiter("else")?;
        }
        Ok(Item::Closing(Closing::Else))
    }

    fn leave_range(&mut self, name: &str, node: Node) -> Parsed<Node> {
        let token = self.next_non_space();
        if token.kind != Kind::RightDelimiter {
            return Err(self.unexpected(&token, name));
        }
        if self.scope.range_depth == 0 {
            return Err(format!("{name} outside {{{{range}}}}"));
        }
        Ok(node)
    }

    fn conditional(&mut self, keyword: Keyword, context: &'static str) -> Parsed<Conditional> {
        let variables = self.scope.variables.len();
        let mut branches = Vec::new();
        let mut otherwise = None;
        loop {
            let pipe = self.pipeline(context, Kind::RightDelimiter)?;
            let (nodes, closing) = self.item_list()?;
            branches.push((pipe, nodes));
            if closing == Closing::End {
                break;
            }
            if self.peek().kind == Kind::Keyword(keyword) {
                self.next();
                continue;
            }
            otherwise = Some(self.else_list()?);
            break;
        }
        self.scope.variables.truncate(variables);
        Ok(Conditional {
            position: branches[0].0.position,
            branches,
            otherwise,
        })
    }

    fn else_list(&mut self) -> Parsed<Vec<Node>> {
        let (nodes, closing) = self.item_list()?;
        match closing {
            Closing::End => Ok(nodes),
            Closing::Else => Err(format!("expected end; found {}", closing.describe())),
        }
    }

    fn range(&mut self) -> Parsed<Node> {
        let variables = self.scope.variables.len();
        let pipe = self.pipeline("range", Kind::RightDelimiter)?;
        self.scope.range_depth += 1;
        let (body, closing) = self.item_list()?;
        self.scope.range_depth -= 1;
        let otherwise = match closing {
            Closing::End => None,
            Closing::Else => Some(self.else_list()?),
        };
        self.scope.variables.truncate(variables);
        Ok(Node::Range {
            position: pipe.position,
            pipe,
            body,
            otherwise,
        })
    }

    fn block(&mut self) -> Parsed<Node> {
        const CONTEXT: &str = "block clause";
        let token = self.next_non_space();
        let name = self.template_name(&token, CONTEXT)?;
        let pipe = Some(self.pipeline(CONTEXT, Kind::RightDelimiter)?);
        self.body_of_definition(Arc::clone(&name), CONTEXT)?;
        let quoted = quote(&name).into();
        Ok(Node::Template {
            position: token.position,
            name,
            quoted,
            pipe,
        })
    }

    fn template(&mut self) -> Parsed<Node> {
        const CONTEXT: &str = "template clause";
        let token = self.next_non_space();
        let name = self.template_name(&token, CONTEXT)?;
        let next = self.next_non_space();
        let pipe = if next.kind == Kind::RightDelimiter {
            None
        } else {
            self.pending.push(next);
            Some(self.pipeline(CONTEXT, Kind::RightDelimiter)?)
        };
        let quoted = quote(&name).into();
        Ok(Node::Template {
            position: token.position,
            name,
            quoted,
            pipe,
        })
    }

    fn template_name(&mut self, token: &Token<'a>, context: &str) -> Parsed<Arc<str>> {
        match token.kind {
            Kind::String | Kind::RawString => {
                Ok(unquote(&token.text).ok_or("invalid syntax")?.into())
            }
            _ => Err(self.unexpected(token, context)),
        }
    }

    fn next(&mut self) -> Token<'a> {
        self.pending.pop().unwrap_or_else(|| {
            let token = self.lexer.next_token();
            self.last = Some((token.line, token.position));
            token
        })
    }

    fn peek(&mut self) -> &Token<'a> {
        if self.pending.is_empty() {
            let token = self.next();
            self.pending.push(token);
        }
        &self.pending[self.pending.len() - 1]
    }

    fn next_non_space(&mut self) -> Token<'a> {
        loop {
            let token = self.next();
            if token.kind != Kind::Space {
                return token;
            }
        }
    }

    fn peek_non_space(&mut self) -> &Token<'a> {
        let token = self.next_non_space();
        self.pending.push(token);
        &self.pending[self.pending.len() - 1]
    }

    fn expect_right_delimiter(&mut self, context: &str) -> Parsed<()> {
        let token = self.next_non_space();
        if token.kind == Kind::RightDelimiter {
            Ok(())
        } else {
            Err(self.unexpected(&token, context))
        }
    }

    fn unexpected(&self, token: &Token<'_>, context: &str) -> String {
        let described = token.describe();
        if token.kind != Kind::Error {
            return format!("unexpected {described} in {context}");
        }
        match self.action_line {
            Some(line) if line != token.line => {
                // "unclosed action started at", not "unclosed action in action started at".
                let place = if described.ends_with(" action") {
                    ""
                } else {
                    " in action"
                };
                format!("{described}{place} started at {}:{line}", self.source.name)
            }
            _ => described,
        }
    }
}
