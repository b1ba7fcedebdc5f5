//! Prisma schema text.

mod attributes;
mod lex;
#[cfg(test)]
mod tests;

use std::sync::Arc;

use rustc_hash::{FxHashMap, FxHashSet};

use self::attributes::{Attribute, attributes};
use self::lex::{Kind, Token, tokens};
use super::{Draft, Entity, Field, FieldDefault, FieldType, Relation, Source};
use crate::base::{FileId, Name};

/// The source name of entities from here.
pub const SOURCE: &str = "prisma";

/// Reads all files of one Prisma schema. What cannot be read is skipped line by line.
pub fn read(files: &[Source<'_>]) -> Draft {
    let blocks: Vec<Block<'_>> = files
        .iter()
        .flat_map(|source| {
            // Tokens borrow from the text, not from the list of them, so each block owns its lines.
            blocks(source.file, &tokens(source.text))
        })
        .collect();
    let types = Types::of(&blocks);
    let mut draft = Draft::default();
    for block in &blocks {
        match block.kind {
            "model" | "view" => draft.entities.extend(model(block, &types)),
            "enum" => draft.enums.push((Name::new(block.name.text), members(block))),
            _ => {}
        }
    }
    let hidden: FxHashSet<Name> = blocks
        .iter()
        .filter(|block| matches!(block.kind, "model" | "view") && is_hidden(block))
        .map(|block| Name::new(block.name.text))
        .collect();
    for entity in &mut draft.entities {
        entity.fields.retain(|field| field.relation().is_none_or(|it| !hidden.contains(&it.to)));
    }
    draft
}

/// A top-level block: its lines, without line ends.
struct Block<'a> {
    file: FileId,
    kind: &'a str,
    name: Token<'a>,
    lines: Vec<Vec<Token<'a>>>,
}

const BLOCKS: [&str; 6] = ["model", "view", "type", "enum", "datasource", "generator"];

fn blocks<'a>(file: FileId, tokens: &[Token<'a>]) -> Vec<Block<'a>> {
    let mut out: Vec<Block<'a>> = Vec::new();
    let mut open = false;
    let mut line: Vec<Token<'a>> = Vec::new();
    let mut depth = 0usize;
    let mut at = 0;
    while at < tokens.len() {
        let token = tokens[at];
        // A new block begins wherever one can, so that a missing brace costs one block only.
        let starts = depth == 0 && line.is_empty() && token.kind == Kind::Word && BLOCKS.contains(&token.text);
        if let (true, Some(name), Some(brace)) = (starts, tokens.get(at + 1), tokens.get(at + 2))
            && name.kind == Kind::Word
            && brace.is("{")
        {
            out.push(Block { file, kind: token.text, name: *name, lines: Vec::new() });
            (open, at) = (true, at + 3);
            continue;
        }
        at += 1;
        if !open {
            continue;
        }
        match token.text {
            "(" | "[" | "{" if token.kind == Kind::Mark => depth += 1,
            ")" | "]" if token.kind == Kind::Mark => depth = depth.saturating_sub(1),
            "}" if token.kind == Kind::Mark => {
                if depth == 0 {
                    end_line(&mut out, &mut line);
                    open = false;
                    continue;
                }
                depth -= 1;
            }
            _ => {}
        }
        if token.kind != Kind::Line {
            line.push(token);
            continue;
        }
        // Within brackets a line goes on only where the text says so; an unclosed bracket must not swallow the next field.
        let next = tokens[at..].iter().find(|it| it.kind != Kind::Line);
        let goes_on = line.last().is_some_and(|it| it.is(",") || it.is("(") || it.is("[") || it.is("{"))
            || next.is_some_and(|it| it.is(")") || it.is("]") || it.is(","));
        if depth == 0 || !goes_on {
            depth = 0;
            end_line(&mut out, &mut line);
        }
    }
    end_line(&mut out, &mut line);
    out
}

fn end_line<'a>(blocks: &mut [Block<'a>], line: &mut Vec<Token<'a>>) {
    if let (false, Some(block)) = (line.is_empty(), blocks.last_mut()) {
        block.lines.push(std::mem::take(line));
    }
}

/// What a type's name stands for.
struct Types<'a> {
    known: FxHashMap<&'a str, &'a str>,
}

impl<'a> Types<'a> {
    fn of(blocks: &[Block<'a>]) -> Self {
        Types { known: blocks.iter().map(|block| (block.name.text, block.kind)).collect() }
    }

    fn read(&self, name: &str) -> FieldType {
        match self.known.get(name) {
            Some(&("model" | "view")) => {
                return FieldType::Relation(Relation {
                    to: Name::new(name),
                    fields: Vec::new(),
                    references: Vec::new(),
                    label: None,
                });
            }
            Some(&"enum") => return FieldType::Enum(Name::new(name)),
            Some(&"type") => return FieldType::Json,
            _ => {}
        }
        match name {
            "String" => FieldType::String,
            "Boolean" => FieldType::Bool,
            "Int" | "BigInt" => FieldType::Int,
            "Float" | "Decimal" => FieldType::Float,
            "DateTime" => FieldType::Date,
            "Json" => FieldType::Json,
            "Bytes" => FieldType::Bytes,
            _ => FieldType::Other,
        }
    }
}

fn is_hidden(block: &Block<'_>) -> bool {
    block.lines.iter().any(|line| matches!(line.as_slice(), [mark, word, ..] if mark.is("@@") && word.is_word("ignore")))
}

fn members(block: &Block<'_>) -> Vec<Name> {
    let mut out = Vec::new();
    for line in &block.lines {
        let mut attribute = false;
        let mut depth = 0usize;
        for token in line {
            match token.text {
                "(" if token.kind == Kind::Mark => depth += 1,
                ")" if token.kind == Kind::Mark => depth = depth.saturating_sub(1),
                "@" | "@@" if token.kind == Kind::Mark => attribute = true,
                text if token.kind == Kind::Word && depth == 0 => {
                    let of_attribute = std::mem::take(&mut attribute);
                    out.extend((!of_attribute).then(|| Name::new(text)));
                }
                _ => {}
            }
        }
    }
    out
}

fn model(block: &Block<'_>, types: &Types<'_>) -> Option<Entity> {
    if is_hidden(block) {
        return None;
    }
    let mut entity = Entity::new(Name::new(block.name.text), SOURCE);
    entity.declared = Some((block.file, block.name.span));
    let mut schema = None;
    for line in &block.lines {
        match line.as_slice() {
            [mark, ..] if mark.is("@@") => {
                for attribute in attributes(line) {
                    match attribute.name {
                        "id" | "unique" => {
                            entity.add_unique(attribute.names("fields"), attribute.text("name"), attribute.name == "id");
                        }
                        "map" => entity.table = attribute.text("name").or_else(|| attribute.first_text()),
                        "schema" => schema = attribute.first_text(),
                        _ => {}
                    }
                }
            }
            [name, ty, rest @ ..] if name.kind == Kind::Word && ty.kind == Kind::Word => {
                if let Some(field) = field(name, ty, rest, types, &mut entity) {
                    entity.fields.push(field);
                }
            }
            _ => {}
        }
    }
    if let Some(schema) = schema.filter(|it| *it != "public") {
        let table = entity.table.unwrap_or(entity.name);
        entity.table = Some(Name::new(&format!("{schema}.{table}")));
    }
    entity.table = entity.table.filter(|it| *it != entity.name);
    Some(entity)
}

fn field(name: &Token<'_>, ty: &Token<'_>, rest: &[Token<'_>], types: &Types<'_>, entity: &mut Entity) -> Option<Field> {
    let mut field = Field::new(Name::new(name.text), types.read(ty.text), name.span);
    let marks = rest.iter().position(|it| it.is("@")).unwrap_or(rest.len());
    field.nullable = rest[..marks].iter().any(|it| it.is("?"));
    field.list = rest[..marks].iter().any(|it| it.is("["));
    for attribute in attributes(&rest[marks..]) {
        match attribute.name {
            "ignore" => return None,
            "id" | "unique" => entity.add_unique(vec![field.name], None, attribute.name == "id"),
            "map" => field.column = attribute.text("name").or_else(|| attribute.first_text()).filter(|it| *it != field.name),
            "updatedAt" => field.default = Some(FieldDefault::Generated),
            "default" => field.default = Some(default(&attribute)),
            "relation" => {
                if let FieldType::Relation(relation) = &mut field.ty {
                    relation.fields = attribute.names("fields");
                    relation.references = attribute.names("references");
                    relation.label = attribute.text("name").or_else(|| attribute.first_text());
                }
            }
            _ => native_type(&attribute, &mut field),
        }
    }
    Some(field)
}

fn default(attribute: &Attribute<'_, '_>) -> FieldDefault {
    match attribute.args {
        [Token { kind: Kind::Word, text, .. }, open, rest @ ..] if open.is("(") => {
            let inner = rest.first().filter(|it| it.kind == Kind::Text).map_or("", |it| it.text);
            if *text == "dbgenerated" && inner.contains("auth.uid()") { FieldDefault::Caller } else { FieldDefault::Generated }
        }
        [first, ..] => FieldDefault::Constant(Arc::from(first.text)),
        [] => FieldDefault::Generated,
    }
}

fn native_type(attribute: &Attribute<'_, '_>, field: &mut Field) {
    let length = || attribute.args.first().filter(|it| it.kind == Kind::Number).and_then(|it| it.text.parse().ok());
    match attribute.native {
        Some("VarChar" | "Char" | "NVarChar" | "NChar" | "String") => field.max_length = length(),
        Some("Uuid" | "UniqueIdentifier") => field.ty = FieldType::Uuid,
        _ => {}
    }
}
