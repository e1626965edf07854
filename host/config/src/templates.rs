//! The section `templates`: patterns in, the files' texts out.

use std::{io::Read, path::Path};

use crate::{
    Diagnostic, TemplateFile, codes,
    glob::{self, GlobError},
    limits,
    read::Reader,
    yaml::Node,
};

/// Reads all template files, in the order of the patterns, the files of one pattern sorted.
pub(crate) fn read(reader: &mut Reader, root: &Node) -> Vec<TemplateFile> {
    let Some(section) = root.entry("templates") else {
        return Vec::new();
    };
    let mut templates = Vec::new();
    for (pattern, node) in reader.texts(section) {
        let span = if node.is_null() {
            section.key_span
        } else {
            node.span
        };
        let resolved = reader.resolved_path(&pattern);
        let paths = match glob::find(&resolved) {
            Ok(paths) => paths,
            Err(error) => {
                let message = match error {
                    GlobError::Syntax => format!("{pattern:?} is not a pattern of file names"),
                    GlobError::TooMany => format!("{pattern:?} looks at too many files"),
                };
                reader.error(codes::TEMPLATE_GLOB, span, message);
                continue;
            }
        };
        if paths.is_empty() {
            let fault = no_match(&pattern, &resolved).at(span, "");
            reader
                .report
                .add(fault.help(format!("looked for {}", resolved.display())));
        }
        for path in paths {
            if templates.len() >= limits::TEMPLATE_FILES_MAX {
                let message = format!("more than {} template files", limits::TEMPLATE_FILES_MAX);
                reader.error(codes::LIMIT, span, message);
                return templates;
            }
            match text(&path) {
                Ok(text) => templates.push(TemplateFile { path, text }),
                Err(reason) => {
                    let message = format!("template file {}: {reason}", path.display());
                    reader.error(codes::TEMPLATE_FILE, span, message);
                }
            }
        }
    }
    templates
}

fn no_match(pattern: &str, resolved: &Path) -> Diagnostic {
    let message = if glob::is_pattern(pattern) {
        let fixed = resolved
            .parent()
            .filter(|parent| !glob::is_pattern(&parent.to_string_lossy()));
        let directory = match fixed.map(Path::is_dir) {
            Some(true) => "; its directory exists",
            Some(false) => "; its directory does not exist",
            None => "",
        };
        format!("pattern {pattern:?} matches no file{directory}")
    } else {
        format!("template file {pattern:?} does not exist")
    };
    Diagnostic::warning(codes::TEMPLATE_GLOB, message)
}

fn text(path: &Path) -> Result<String, String> {
    let file = std::fs::File::open(path).map_err(|error| error.to_string())?;
    let mut bytes = Vec::new();
    let mut limited = file.take(limits::TEMPLATE_BYTES_MAX + 1);
    limited
        .read_to_end(&mut bytes)
        .map_err(|error| error.to_string())?;
    if bytes.len() as u64 > limits::TEMPLATE_BYTES_MAX {
        return Err(format!(
            "larger than {} MiB",
            limits::TEMPLATE_BYTES_MAX >> 20
        ));
    }
    String::from_utf8(bytes).map_err(|_| "it is not UTF-8 text".to_owned())
}
