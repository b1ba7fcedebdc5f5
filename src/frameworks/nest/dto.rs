//! Classes with validators on their fields, as validation schemas.

use super::classes::{Class, Classes, Field};
use crate::base::Name;
use crate::values::{Scalar, Shape, UnknownKeys, Validator, Value};

/// Deepest nesting of classes that is followed.
const MOST_DEPTH: usize = 6;

/// Fields: name, schema, may be absent.
type Fields = Vec<(Name, Validator, bool)>;

/// The schema that a class stands for; `None` where it is no class of the project.
pub(super) fn schema(classes: &Classes<'_>, class: &Value, unknown: UnknownKeys) -> Option<Validator> {
    of_class(classes, class, unknown, 0)
}

fn of_class(classes: &Classes<'_>, class: &Value, unknown: UnknownKeys, depth: usize) -> Option<Validator> {
    if !matches!(class.shape, Shape::Class(_)) || depth > MOST_DEPTH {
        return None;
    }
    let Some(known) = classes.get(class) else {
        // No field has a decorator: nothing of it is checked, and whatever strips unknown keys strips all.
        return Some(Validator::Object { fields: Vec::new(), unknown });
    };
    if let Some(schema) = zod(known) {
        return Some(schema);
    }
    Some(match fields(classes, known, unknown, depth) {
        Some(fields) => Validator::Object { fields, unknown },
        None => Validator::Opaque,
    })
}

/// A class that `createZodDto` made carries the schema itself.
fn zod(class: &Class<'_>) -> Option<Validator> {
    let lib = class.extends.as_lib().filter(|it| it.kind == "mapped")?;
    match &lib.get("class")?.shape {
        Shape::Validator(validator) if lib.get("how").and_then(Value::as_str) == Some("schema") => Some((**validator).clone()),
        _ => None,
    }
}

/// The fields of a class, those that it inherits first; `None` where it inherits from something that is not known.
fn fields(classes: &Classes<'_>, class: &Class<'_>, unknown: UnknownKeys, depth: usize) -> Option<Fields> {
    let mut all = inherited(classes, class.extends, unknown, depth)?;
    for field in &class.fields {
        let Some((validator, optional)) = of_field(classes, field, unknown, depth) else { continue };
        set(&mut all, Name::new(field.name), validator, optional);
    }
    Some(all)
}

fn set(all: &mut Fields, name: Name, validator: Validator, optional: bool) {
    match all.iter_mut().find(|it| it.0 == name) {
        Some(slot) => (slot.1, slot.2) = (validator, optional),
        None => all.push((name, validator, optional)),
    }
}

fn inherited(classes: &Classes<'_>, extends: &Value, unknown: UnknownKeys, depth: usize) -> Option<Fields> {
    if depth > MOST_DEPTH {
        return None;
    }
    let of = |class: &Value| -> Option<Fields> {
        match &class.shape {
            Shape::Class(_) => match classes.get(class) {
                Some(known) => fields(classes, known, unknown, depth + 1),
                None => Some(Vec::new()),
            },
            Shape::Lib(_) => inherited(classes, class, unknown, depth + 1),
            _ => None,
        }
    };
    match &extends.shape {
        Shape::Nullish => Some(Vec::new()),
        Shape::Class(_) => of(extends),
        Shape::Lib(lib) if lib.kind == "mapped" => {
            let mut all = of(lib.get("class")?)?;
            let keys = lib.get("keys").map(listed_names).unwrap_or_default();
            match lib.get("how").and_then(Value::as_str)? {
                "PartialType" => all.iter_mut().for_each(|it| it.2 = true),
                "PickType" => all.retain(|it| keys.contains(&it.0)),
                "OmitType" => all.retain(|it| !keys.contains(&it.0)),
                "IntersectionType" => {
                    let Some(Shape::Array(others)) = lib.get("keys").map(|it| &it.shape) else { return None };
                    for other in others.iter() {
                        of(other)?.into_iter().for_each(|(name, validator, optional)| set(&mut all, name, validator, optional));
                    }
                }
                _ => return None,
            }
            Some(all)
        }
        _ => None,
    }
}

fn listed_names(keys: &Value) -> Vec<Name> {
    match &keys.shape {
        Shape::Array(all) => all.iter().filter_map(|it| it.as_str().map(Name::new)).collect(),
        _ => Vec::new(),
    }
}

/// What the validators of a field let through, and whether it may be absent; `None` for a field without one.
fn of_field(classes: &Classes<'_>, field: &Field<'_>, unknown: UnknownKeys, depth: usize) -> Option<(Validator, bool)> {
    let on = &field.on;
    let checks = on.all.iter().filter(|it| it.lib.get("package").and_then(Value::as_str) == Some("class-validator"));
    let mut found: Option<Validator> = None;
    let (mut any, mut optional, mut each) = (false, false, false);
    for check in checks {
        any = true;
        each |= check.args().iter().any(|it| it.field("each") == Some(&Value::bool(true)));
        match check.name() {
            "IsOptional" => optional = true,
            "IsArray" | "ArrayMinSize" | "ArrayMaxSize" | "ArrayNotEmpty" | "ArrayUnique" => each = true,
            "ValidateNested" => found = nested(classes, field, unknown, depth).or(found),
            "IsEnum" | "IsIn" => found = check.arg(0).and_then(literals).map(Validator::Enum).or(found),
            name => found = found.or_else(|| scalar(name).map(Validator::Scalar)),
        }
    }
    if !any {
        return None;
    }
    let transformed = on.find("Transform").is_some();
    let validator = match found {
        Some(found) if transformed && !matches!(found, Validator::Scalar(_) | Validator::Enum(_)) => Validator::Opaque,
        Some(found) => found,
        None if each => Validator::Any,
        None => Validator::Any,
    };
    let validator = match validator {
        already @ Validator::Array(_) => already,
        other if each => Validator::Array(Box::new(other)),
        other => other,
    };
    Some((validator, optional))
}

/// `@ValidateNested() @Type(() => Item) items: Item[]`: the class is in the written type.
fn nested(classes: &Classes<'_>, field: &Field<'_>, unknown: UnknownKeys, depth: usize) -> Option<Validator> {
    match &field.ty.shape {
        Shape::List(element) => Some(Validator::Array(Box::new(of_class(classes, element, unknown, depth + 1)?))),
        _ => of_class(classes, field.ty, unknown, depth + 1),
    }
}

fn literals(values: &Value) -> Option<Vec<String>> {
    let text = |it: &Value| match &it.shape {
        Shape::Str(text) | Shape::Num(text) => Some(text.to_string()),
        _ => None,
    };
    match &values.shape {
        Shape::Array(all) => all.iter().map(text).collect(),
        Shape::Object(object) => {
            Some(object.fields.iter().map(|(name, value)| text(value).unwrap_or_else(|| name.to_string())).collect())
        }
        _ => Some(Vec::new()),
    }
}

fn scalar(name: &str) -> Option<Scalar> {
    Some(match name {
        "IsString"
        | "IsEmail"
        | "IsUUID"
        | "IsUrl"
        | "IsURL"
        | "Length"
        | "MinLength"
        | "MaxLength"
        | "Matches"
        | "IsDateString"
        | "IsISO8601"
        | "IsPhoneNumber"
        | "IsMobilePhone"
        | "IsAlpha"
        | "IsAlphanumeric"
        | "IsAscii"
        | "IsBase64"
        | "IsByteLength"
        | "IsCreditCard"
        | "IsHexColor"
        | "IsHexadecimal"
        | "IsIP"
        | "IsISBN"
        | "IsJSON"
        | "IsJWT"
        | "IsLowercase"
        | "IsMimeType"
        | "IsMongoId"
        | "IsNumberString"
        | "IsSemVer"
        | "IsStrongPassword"
        | "IsUppercase"
        | "Contains"
        | "NotContains"
        | "IsBooleanString"
        | "IsPostalCode"
        | "IsTimeZone"
        | "IsMilitaryTime"
        | "IsFQDN"
        | "IsIBAN"
        | "IsCurrency"
        | "IsDecimal"
        | "IsLocale"
        | "IsISO31661Alpha2"
        | "IsISO31661Alpha3"
        | "IsISO4217CurrencyCode"
        | "IsRFC3339" => Scalar::String,
        "IsNumber" | "IsInt" | "Min" | "Max" | "IsPositive" | "IsNegative" | "IsDivisibleBy" | "IsPort" | "IsLatitude"
        | "IsLongitude" => Scalar::Number,
        "IsBoolean" => Scalar::Bool,
        "IsDate" | "MinDate" | "MaxDate" => Scalar::Date,
        _ => return None,
    })
}
