//! Traces and schemas built by hand, for tests of ties and rules.

use std::sync::Arc;

use super::Trace;
use crate::base::{FileId, ItemId, Loc, Name, Node, Span};
use crate::frameworks::Route;
use crate::schema::{Entity, EntityRole, Field, FieldType, OwnerPath, OwnerStep, Relation, Schema, Sensitivity, Unique};
use crate::values::{
    Access, AccessId, DbClient, Event, EventKind, Fact, Facts, Filter, IdentityPart, Key, Op, Origin, Part, Privilege,
    Projection, Query, Row, RowPath, Shape, Value,
};

/// A layer in which an undefined value in a filter drops the condition.
fn layer() -> Name {
    let drops = |id: &Name| {
        let client = DbClient { privilege: Privilege::Plain, made: None };
        crate::data::undefined(&Query::new(*id, client, None, Op::Read)) == crate::data::Undefined::Drops
    };
    crate::data::all().iter().map(|it| Name::new(it.id())).find(drops).unwrap_or_else(|| Name::new("layer"))
}

/// A list of names.
pub fn names(path: &str) -> Arc<[Name]> {
    path.split('.').filter(|it| !it.is_empty()).map(Name::new).collect()
}

/// The caller's id.
pub fn me() -> Value {
    let identity = crate::values::Identity { part: IdentityPart::Id, path: names("id"), nullable: false };
    Value::with_origin(Shape::Unknown, Origin::Identity(identity))
}

/// The key of the caller's id.
pub fn me_key() -> Key {
    Key::Identity(IdentityPart::Id, names("id"))
}

/// A client value.
pub fn client(part: Part, path: &str) -> Value {
    Value::client(part, &names(path))
}

/// A field of a record.
pub fn field(access: u32, path: &str) -> Value {
    Value::with_origin(Shape::Unknown, Origin::Row(RowPath { access: AccessId(access), path: names(path) }))
}

/// The key of a field of a record.
pub fn row_key(access: u32, path: &str) -> Key {
    Key::Row(AccessId(access), names(path))
}

/// A whole record.
pub fn row(access: u32) -> Value {
    let at = RowPath { access: AccessId(access), path: names("") };
    Value::with_origin(Shape::Row(Arc::new(Row { at: at.clone(), without: Vec::new() })), Origin::Row(at))
}

/// An object.
pub fn object(fields: &[(&str, Value)]) -> Value {
    let mut object = crate::values::Object::default();
    for (name, value) in fields {
        object.set(Name::new(name), value.clone(), None);
    }
    Value::of(Shape::Object(Arc::new(object)))
}

/// `field = value`
pub fn eq(field: &str, value: Value) -> Filter {
    Filter::equal(Name::new(field), value, None)
}

/// A place on a line of the handler's file; line numbers stand in for bytes.
pub fn at(line: u32) -> Loc {
    Loc { file: FileId(0), item: ItemId(0), node: Node::Expr { function: 0, nth: line } }
}

/// A trace that grows.
pub struct Build {
    pub trace: Trace,
    facts: Facts,
    line: u32,
}

impl Build {
    /// A route without anything in it.
    pub fn route(method: &str, path: &str) -> Self {
        let route = Route {
            framework: Name::new("web"),
            methods: vec![Name::new(method)],
            path: path.to_owned(),
            file: FileId(0),
            loc: at(0),
            chain: Vec::new(),
            handler: Value::unknown(),
            handler_loc: at(0),
            params: Vec::new(),
            chain_unknown: false,
            left_out_by: None,
        };
        let trace = Trace {
            route: Arc::new(route),
            events: Vec::new(),
            accesses: Vec::new(),
            at_handler: Facts::none(),
            at_end: Facts::none(),
            cut: false,
            inside: Arc::from([]),
        };
        Build { trace, facts: Facts::none(), line: 1 }
    }

    /// From here on the fact holds.
    pub fn learn(&mut self, fact: Fact) -> &mut Self {
        self.facts = self.facts.union(&Facts::one(fact));
        self
    }

    /// From here on one of the two holds.
    pub fn either(&mut self, one: Fact, other: Fact) -> &mut Self {
        self.facts = self.facts.union(&Facts::one(one).either(&Facts::one(other)));
        self
    }

    /// The caller is signed in.
    pub fn signed_in(&mut self) -> &mut Self {
        self.learn(Fact::Authenticated)
    }

    /// Something happens.
    pub fn event(&mut self, kind: EventKind) -> &mut Self {
        self.line += 1;
        self.trace.events.push(Event { kind, facts: self.facts.clone(), loc: at(self.line), stack: Arc::from([]) });
        self
    }

    /// A query runs; its number.
    pub fn query(&mut self, entity: &str, op: Op, filter: Filter, change: impl FnOnce(&mut Query)) -> u32 {
        let client = DbClient { privilege: Privilege::Plain, made: None };
        let mut query = Query::new(layer(), client, Some(Name::new(entity)), op);
        query.filter = filter;
        query.projection = Projection::whole();
        change(&mut query);
        let id = self.trace.accesses.len() as u32;
        let access = Access {
            id: AccessId(id),
            query: Arc::new(query),
            facts: self.facts.clone(),
            loc: at(self.line + 1),
            stack: Arc::from([]),
            identity: None,
        };
        self.trace.accesses.push(access.clone());
        self.event(EventKind::Access(access));
        id
    }

    /// A record is read.
    pub fn read(&mut self, entity: &str, filter: Filter) -> u32 {
        self.query(entity, Op::Read, filter, |it| it.single = true)
    }

    /// A record is read and found.
    pub fn found(&mut self, entity: &str, filter: Filter) -> u32 {
        let id = self.read(entity, filter);
        self.learn(Fact::Holds(row_key(id, "")));
        id
    }

    /// An answer goes out.
    pub fn respond(&mut self, body: Value) -> &mut Self {
        self.event(EventKind::Respond { body, status: Some(200) })
    }

    /// What holds now.
    pub fn facts(&self) -> &Facts {
        &self.facts
    }
}

/// Users, lists that they own and share, todos in the lists, attachments of todos, workspaces with members and projects.
pub fn schema() -> Schema {
    let user = || Some(Name::new("User"));
    let step = |relation: &str, to: &str, key: &str| OwnerStep {
        relation: Name::new(relation),
        to: Name::new(to),
        many: false,
        key: Some(Name::new(key)),
        references: Some(Name::new("id")),
    };
    let path = |steps: Vec<OwnerStep>, column: &str, principal: Option<Name>| OwnerPath {
        steps,
        column: Name::new(column),
        principal,
        by_name: false,
    };
    let mut users =
        entity("User", EntityRole::Principal, &["id", "email", "name", "role", "passwordHash", "resetToken", "credits"]);
    for field in &mut users.fields {
        field.sensitivity = match field.name.as_str() {
            "passwordHash" | "resetToken" => Sensitivity::Secret,
            "email" => Sensitivity::Personal,
            _ => Sensitivity::None,
        };
        field.privilege = match field.name.as_str() {
            "role" => Some(crate::schema::FieldPrivilege::Role),
            "credits" => Some(crate::schema::FieldPrivilege::Money),
            "id" => Some(crate::schema::FieldPrivilege::Identity),
            _ => None,
        };
    }
    users.owners = vec![path(vec![], "id", user())];
    let mut lists = entity("List", EntityRole::Content, &["id", "title", "ownerId"]);
    to_one(&mut lists, "owner", "User", "ownerId");
    to_many(&mut lists, "shares", "ListShare");
    to_many(&mut lists, "todos", "Todo");
    lists.owners = vec![path(vec![], "ownerId", user())];
    let mut shares = entity("ListShare", EntityRole::Membership, &["id", "listId", "userId", "role"]);
    to_one(&mut shares, "list", "List", "listId");
    to_one(&mut shares, "user", "User", "userId");
    shares.owners = vec![path(vec![], "userId", user()), path(vec![step("list", "List", "listId")], "ownerId", user())];
    let mut todos = entity("Todo", EntityRole::Content, &["id", "title", "listId", "assigneeId"]);
    to_one(&mut todos, "list", "List", "listId");
    to_one(&mut todos, "assignee", "User", "assigneeId");
    todos.owners = vec![path(vec![step("list", "List", "listId")], "ownerId", user())];
    let mut files = entity("Attachment", EntityRole::Content, &["id", "path", "todoId"]);
    to_one(&mut files, "todo", "Todo", "todoId");
    files.owners = vec![path(vec![step("todo", "Todo", "todoId"), step("list", "List", "listId")], "ownerId", user())];
    let workspace = Some(Name::new("Workspace"));
    let mut workspaces = entity("Workspace", EntityRole::Tenant, &["id", "name"]);
    to_many(&mut workspaces, "members", "WorkspaceMember");
    workspaces.owners = vec![path(vec![], "id", workspace)];
    let mut members = entity("WorkspaceMember", EntityRole::Membership, &["id", "workspaceId", "userId", "role"]);
    to_one(&mut members, "workspace", "Workspace", "workspaceId");
    to_one(&mut members, "user", "User", "userId");
    members.owners = vec![path(vec![], "userId", user()), path(vec![], "workspaceId", workspace)];
    let mut projects = entity("Project", EntityRole::Content, &["id", "name", "workspaceId"]);
    to_one(&mut projects, "workspace", "Workspace", "workspaceId");
    projects.owners = vec![path(vec![], "workspaceId", workspace)];
    let products = entity("Product", EntityRole::Content, &["id", "name", "price"]);
    let entities = vec![users, lists, shares, todos, files, workspaces, members, projects, products];
    let mut by_name = rustc_hash::FxHashMap::default();
    for (index, entity) in entities.iter().enumerate() {
        let camel = format!("{}{}", entity.name[..1].to_lowercase(), &entity.name[1..]);
        for spelling in [entity.name.to_string(), camel] {
            by_name.insert(Name::new(&spelling), index as u32);
        }
    }
    Schema { entities, by_name, known: true, ..Schema::default() }
}

fn entity(name: &str, role: EntityRole, fields: &[&str]) -> Entity {
    Entity {
        name: Name::new(name),
        table: None,
        source: Name::new("schema"),
        fields: fields.iter().map(|it| column(it, FieldType::String, false)).collect(),
        uniques: vec![
            Unique { fields: vec![Name::new("id")], name: None, primary: true },
            Unique { fields: vec![Name::new("email")], name: None, primary: false },
        ],
        declared: None,
        security: None,
        methods: Vec::new(),
        role,
        owners: Vec::new(),
    }
}

fn column(name: &str, ty: FieldType, list: bool) -> Field {
    Field {
        name: Name::new(name),
        column: None,
        ty,
        nullable: false,
        list,
        default: None,
        max_length: None,
        sensitivity: Sensitivity::None,
        privilege: None,
        hidden: None,
        span: Span::default(),
    }
}

fn to_one(entity: &mut Entity, name: &str, to: &str, key: &str) {
    let relation = Relation { to: Name::new(to), fields: vec![Name::new(key)], references: vec![Name::new("id")], label: None };
    entity.fields.push(column(name, FieldType::Relation(relation), false));
}

fn to_many(entity: &mut Entity, name: &str, to: &str) {
    let relation = Relation { to: Name::new(to), fields: vec![], references: vec![], label: None };
    entity.fields.push(column(name, FieldType::Relation(relation), true));
}
