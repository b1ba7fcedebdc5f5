//! Valid code that the grammar (0.23.2) does not know: errors that are not the author's.

use tree_sitter::Node;

/// A gap of the grammar.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Gap {
    /// `` tag<T>`…` ``: the tag's type arguments are taken for something else.
    TypedTag,
    /// `export type * from "…"`.
    TypeReexport,
    /// A bare `&` in the text or an attribute of a JSX element.
    JsxText,
    /// `import("…").B["c"]` in a type, `in` and `out` before a type parameter.
    Type,
}

/// Which gap of the grammar an ERROR or MISSING node stands for; `None` if the error is the author's.
pub fn gap_of(error: Node<'_>, text: &str) -> Option<Gap> {
    let parent = error.parent()?;
    let bytes = text.as_bytes();
    if error.is_missing() {
        return match (error.kind(), parent.kind()) {
            ("!", "non_null_expression") if is_between_arguments_and_template(error, bytes) => Some(Gap::TypedTag),
            (";", "type_alias_declaration") if bytes.get(error.end_byte()) == Some(&b'[') => Some(Gap::Type),
            _ => None,
        };
    }
    let own = text.get(error.byte_range())?;
    match parent.kind() {
        "export_statement" if own == "type" => Some(Gap::TypeReexport),
        "jsx_element" | "jsx_opening_element" | "jsx_self_closing_element" | "jsx_attribute" | "string" | "jsx_text"
            if own.starts_with('&') && !own.contains('\n') =>
        {
            Some(Gap::JsxText)
        }
        "type_parameters" | "type_parameter" if own.split(char::is_whitespace).any(|it| matches!(it, "in" | "out")) => {
            Some(Gap::Type)
        }
        "type_arguments" | "type_annotation" if own.starts_with("import(") || own.starts_with("typeof import(") => {
            Some(Gap::Type)
        }
        // At top level a tag without its template is an item of its own, which nothing can be made of.
        _ if parent.kind() != "program" && is_tag_before_template(error, bytes) => Some(Gap::TypedTag),
        _ => None,
    }
}

/// Whether a template follows what is missing, and type arguments end before it.
fn is_between_arguments_and_template(missing: Node<'_>, bytes: &[u8]) -> bool {
    let before = bytes.get(..missing.start_byte()).unwrap_or_default().trim_ascii_end();
    bytes.get(missing.end_byte()) == Some(&b'`') && before.last() == Some(&b'>')
}

/// Whether an ERROR holds nothing but `tag<T>`, and a template follows.
fn is_tag_before_template(error: Node<'_>, bytes: &[u8]) -> bool {
    error.child_count() == 1
        && bytes.get(error.end_byte()) == Some(&b'`')
        && error.child(0).is_some_and(|it| it.kind() == "instantiation_expression" && !it.has_error())
}

/// Whether a tree holds an ERROR or MISSING node that is none of the gaps.
pub fn real_error(root: Node<'_>, text: &str) -> bool {
    if !root.has_error() {
        return false;
    }
    if root.is_error() {
        return true;
    }
    let mut cursor = root.walk();
    loop {
        let node = cursor.node();
        let wrong = node.is_error() || node.is_missing();
        if wrong && gap_of(node, text).is_none() {
            return true;
        }
        if node.has_error() && !wrong && cursor.goto_first_child() {
            continue;
        }
        while !cursor.goto_next_sibling() {
            if !cursor.goto_parent() {
                return false;
            }
        }
    }
}
