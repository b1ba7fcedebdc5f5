//! Contexts: apps and the plugins registered on them, run in order, with what each of them set up.
//!
//! A plugin gets a context of its own below the one that registers it; what `fastify-plugin` made gets the context itself.

use super::OWNER;
use super::autoload;
use super::schema::Shared;
use super::setup::{self, AWAITED};
use crate::base::{FileId, Loc, Name};
use crate::frameworks::things::{thing, value, with};
use crate::frameworks::{Added, AppView};
use crate::ir::Interface;
use crate::values::{Lib, Registration, Shape, Value};

/// Deepest nesting of plugins.
const MOST_DEPTH: usize = 12;
/// More contexts than this are a mistake of ours.
const MOST_CONTEXTS: usize = 2_000;

/// Hooks that run before a handler, in the order of their phases.
pub(super) const PHASES: [&str; 4] = ["onRequest", "preParsing", "preValidation", "preHandler"];

/// An app, or the part of one that a plugin sees.
pub(super) struct Context {
    pub parent: Option<usize>,
    /// The app as its code sees it.
    pub app: Lib,
    /// Its prefix, those of its parents included.
    pub prefix: String,
    pub hooks: Vec<Hook>,
    pub plugins: Vec<Plugin>,
    /// What `decorate`, `decorateRequest` and `decorateReply` hung on it.
    pub decorated: Vec<(Hangs, Name, Value)>,
    pub schemas: Shared,
    pub routes: Vec<Declared>,
    /// When it was registered.
    pub order: u32,
    /// A plugin that could not be read was registered on it.
    pub unread: bool,
}

/// What a decorator hangs on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Hangs {
    App,
    Request,
    Reply,
}

/// A hook of a context.
pub(super) struct Hook {
    pub phase: Name,
    pub function: Value,
    pub loc: Loc,
}

/// A library's plugin.
pub(super) struct Plugin {
    pub plugin: Value,
    pub options: Value,
    pub loc: Loc,
    pub awaited: bool,
    pub order: u32,
}

/// A route as it was registered.
pub(super) struct Declared {
    pub method: Name,
    pub args: Vec<Value>,
    pub arg_locs: Vec<Loc>,
    pub loc: Loc,
    pub order: u32,
}

/// The contexts of a project.
pub(super) struct Walk<'a> {
    pub view: &'a AppView<'a>,
    pub contexts: Vec<Context>,
    order: u32,
    depth: usize,
    /// Functions that ran as plugins.
    ran: Vec<Value>,
}

/// All contexts.
pub(super) fn collect<'a>(view: &'a AppView<'a>) -> Walk<'a> {
    let mut walk = Walk { view, contexts: Vec::new(), order: 0, depth: 0, ran: Vec::new() };
    let mut all: Vec<(FileId, &Registration)> = Vec::new();
    for (file, registrations) in view.registrations {
        for registration in registrations {
            // A set-up function that is called twice registers the same thing once.
            let known = |(_, other): &(FileId, &Registration)| other.loc == registration.loc && *other == registration;
            if registration.on.as_lib().is_some_and(|lib| lib.owner == OWNER) && !all.iter().any(known) {
                all.push((*file, registration));
            }
        }
    }
    // Whoever imports an app does so after its own file has run.
    all.sort_by_key(|(file, it)| it.on.as_lib().and_then(|lib| lib.made).is_some_and(|made| made.file != *file));
    for (_, registration) in all {
        walk.register(registration);
    }
    walk.makers();
    walk.orphans();
    walk
}

impl Walk<'_> {
    /// The context and those above it, outermost first.
    pub fn line(&self, at: usize) -> Vec<usize> {
        let mut line = vec![at];
        while let Some(parent) = line.last().and_then(|it| self.contexts.get(*it)).and_then(|it| it.parent) {
            line.push(parent);
        }
        line.reverse();
        line
    }

    /// What a value stands for, seen from a context: members of an app are what was hung on it.
    pub fn resolved(&self, of: &Value, at: usize) -> Value {
        self.resolved_at(of, at, 0)
    }

    fn resolved_at(&self, of: &Value, at: usize, depth: usize) -> Value {
        let Some(lib) = of.as_lib().filter(|lib| lib.owner == OWNER && lib.kind == "app") else { return of.clone() };
        let Some((name, rest)) = lib.path.split_first() else { return of.clone() };
        if depth > 4 {
            return of.clone();
        }
        let own = self.find(lib).unwrap_or(at);
        let Some(found) = self.decorator(Hangs::App, *name, own).or_else(|| self.decorator(Hangs::App, *name, at)) else {
            return of.clone();
        };
        let mut found = self.resolved_at(&found, at, depth + 1);
        for name in rest {
            found = found.field(name).cloned().unwrap_or_else(Value::unknown);
        }
        found
    }

    fn decorator(&self, hangs: Hangs, name: Name, at: usize) -> Option<Value> {
        let contexts = self.line(at).into_iter().rev();
        let found =
            contexts.flat_map(|it| self.contexts[it].decorated.iter().rev()).find(|(on, it, _)| *on == hangs && *it == name);
        found.map(|(_, _, value)| value.clone())
    }

    /// Everything of that kind that code in a context sees.
    pub fn decorators(&self, hangs: Hangs, at: usize) -> Vec<(Name, Value)> {
        let mut all: Vec<(Name, Value)> = Vec::new();
        for (on, name, value) in self.line(at).into_iter().rev().flat_map(|it| &self.contexts[it].decorated) {
            if *on == hangs && !all.iter().any(|(it, _)| it == name) {
                all.push((*name, self.resolved(value, at)));
            }
        }
        all
    }

    /// What set-up code hung on the apps.
    pub fn added(&self) -> Vec<Added> {
        let mut added = Vec::new();
        for (at, context) in self.contexts.iter().enumerate() {
            for (name, value) in self.decorators(Hangs::App, at) {
                added.push(Added { on: context.app.clone(), name, value });
            }
        }
        added
    }

    fn find(&self, app: &Lib) -> Option<usize> {
        self.contexts.iter().position(|it| it.app.made == app.made && it.app.get(Added::CONTEXT) == app.get(Added::CONTEXT))
    }

    fn next_order(&mut self) -> u32 {
        self.order += 1;
        self.order
    }

    /// A context below another one, or an app of its own.
    pub(super) fn open(&mut self, parent: Option<usize>, made: Option<Loc>, prefix: &str) -> usize {
        let order = self.next_order();
        let mut app = thing(OWNER, "app");
        app.made = made;
        if let Some(parent) = parent {
            // Its number tells apart what one `register` in a function that runs often makes.
            app = with(app, Added::CONTEXT, Value::str(&format!("{parent}.{}", self.contexts.len())));
        }
        let above = parent.map_or("", |it| self.contexts[it].prefix.as_str());
        let prefix = format!("{above}/{}", prefix.trim_matches('/'));
        self.contexts.push(Context {
            parent,
            app,
            prefix: prefix.trim_end_matches('/').to_owned(),
            hooks: Vec::new(),
            plugins: Vec::new(),
            decorated: Vec::new(),
            schemas: Shared::new(),
            routes: Vec::new(),
            order,
            unread: false,
        });
        self.contexts.len() - 1
    }

    fn register(&mut self, registration: &Registration) {
        let Some(on) = registration.on.as_lib().filter(|lib| lib.owner == OWNER && lib.kind == "app") else { return };
        let at = match self.find(on) {
            Some(at) => at,
            None if on.get(Added::CONTEXT).is_some() => return,
            None => self.open(None, on.made, ""),
        };
        let args = &registration.args;
        let first = || args.first().cloned().unwrap_or_else(Value::nullish);
        let second = || args.get(1).cloned().unwrap_or_else(Value::nullish);
        let named = || args.first().and_then(Value::as_str).map(Name::new);
        match registration.method.as_str() {
            "register" => {
                let awaited = on.get(AWAITED).is_some();
                self.plugin(at, &first(), &second(), registration.loc, awaited);
            }
            "addHook" => {
                let loc = registration.arg_locs.get(1).copied().unwrap_or(registration.loc);
                if let Some(phase) = named() {
                    self.contexts[at].hooks.push(Hook { phase, function: second(), loc });
                }
            }
            "addSchema" => {
                if let Some(id) = first().field("$id").and_then(Value::as_str) {
                    self.contexts[at].schemas.push((id.to_owned(), first()));
                }
            }
            "decorate" => self.decorate(at, Hangs::App, named(), second()),
            "decorateRequest" => self.decorate(at, Hangs::Request, named(), second()),
            "decorateReply" => self.decorate(at, Hangs::Reply, named(), second()),
            verb if verb == "route" || setup::is_verb(verb) => {
                let order = self.next_order();
                self.contexts[at].routes.push(Declared {
                    method: registration.method,
                    args: args.clone(),
                    arg_locs: registration.arg_locs.clone(),
                    loc: registration.loc,
                    order,
                });
            }
            _ => {}
        }
    }

    fn decorate(&mut self, at: usize, hangs: Hangs, name: Option<Name>, value: Value) {
        if let Some(name) = name {
            self.contexts[at].decorated.push((hangs, name, value));
        }
    }

    /// A plugin is registered on a context.
    pub(super) fn plugin(&mut self, at: usize, plugin: &Value, options: &Value, loc: Loc, awaited: bool) {
        if self.depth >= MOST_DEPTH || self.contexts.len() >= MOST_CONTEXTS {
            return;
        }
        let plugin = self.resolved(&plugin.awaited(), at);
        match &plugin.shape {
            Shape::Closure(_) => {
                let prefix = options.field("prefix");
                let text = prefix.map(path_text).unwrap_or_default();
                let below = self.open(Some(at), Some(loc), &text);
                self.run(below, &plugin, options, loc);
            }
            Shape::Lib(lib) if lib.owner == OWNER && lib.kind == "plugin" => {
                let function = lib.get("function").cloned().unwrap_or_else(Value::unknown);
                match &function.shape {
                    Shape::Closure(_) => self.run(at, &function, options, loc),
                    _ => self.plugin(at, &function, options, loc, awaited),
                }
            }
            // A namespace: what the file exports by default.
            Shape::Lib(lib) if lib.owner == "module" => {
                let exported = lib.made.and_then(|made| (self.view.export)(made.file, Name::new("default")));
                match exported {
                    Some((exported, _)) if exported != plugin => self.plugin(at, &exported, options, loc, awaited),
                    _ => self.contexts[at].unread = true,
                }
            }
            Shape::Object(object) if object.get("default").is_some() => {
                let default = object.get("default").cloned().unwrap_or_else(Value::unknown);
                self.plugin(at, &default, options, loc, awaited);
            }
            Shape::OneOf(all) => all.to_vec().iter().for_each(|it| self.plugin(at, it, options, loc, awaited)),
            Shape::Import(import) if !import.unresolved && autoload::is_loader(&import.package) => {
                let all = autoload::files(self.view, options, loc.file);
                // A folder that cannot be told holds what nobody sees.
                self.contexts[at].unread |= all.is_empty();
                for found in all {
                    match found.function {
                        Some(function) => self.loaded(at, &function, &found.prefix, loc),
                        None => self.contexts[at].unread = true,
                    }
                }
            }
            Shape::Import(import) if !import.unresolved => {
                let order = self.next_order();
                self.contexts[at].plugins.push(Plugin { plugin: plugin.clone(), options: options.clone(), loc, awaited, order });
            }
            Shape::Nullish => {}
            _ => self.contexts[at].unread = true,
        }
    }

    /// A plugin that was found by its file's place.
    fn loaded(&mut self, at: usize, function: &Value, prefix: &str, loc: Loc) {
        let mut options = crate::values::Object::default();
        options.set(Name::new("prefix"), Value::str(prefix), None);
        self.plugin(at, function, &Value::of(Shape::Object(options.into())), loc, true);
    }

    fn run(&mut self, at: usize, function: &Value, options: &Value, loc: Loc) {
        self.depth += 1;
        self.ran.push(function.clone());
        let app = value(self.contexts[at].app.clone());
        let ran = (self.view.run)(function, vec![app, options.clone(), value(thing(OWNER, "done"))], loc);
        for registration in &ran.registrations {
            self.register(registration);
        }
        self.depth -= 1;
    }

    /// Exported functions that make an app and are called by nothing that was read (a test or an entry file without a mark does).
    fn makers(&mut self) {
        let files = self.view.files.iter().filter(|(_, _, interface)| interface.specifiers.iter().any(|it| &**it == "fastify"));
        for (file, _, interface) in files {
            for (name, _) in &interface.exports {
                let has_app = |it: &Context| it.parent.is_none() && it.app.made.is_some_and(|made| made.file == *file);
                let Some((function, loc)) = (self.view.export)(*file, *name) else { continue };
                let Shape::Closure(_) = &function.shape else { continue };
                if self.contexts.iter().any(has_app) || self.ran.contains(&function) {
                    continue;
                }
                let takes = (self.view.arity)(&function).unwrap_or(0);
                let ran = (self.view.run)(&function, vec![Value::unknown(); takes], loc);
                let is_own = |it: &Registration| it.on.as_lib().and_then(|lib| lib.made).is_some_and(|made| made.file == *file);
                for registration in ran.registrations.iter().filter(|it| is_own(it)) {
                    self.register(registration);
                }
            }
        }
    }

    /// Plugins that nothing in the project registers (a command line tool or a test does): their guards may be elsewhere.
    fn orphans(&mut self) {
        let marks = |it: &str| it == "fastify" || it == "fastify-plugin" || it.starts_with("@fastify/");
        let default = Name::new("default");
        let loads = |interface: &Interface| interface.specifiers.iter().any(|it| autoload::is_loader(it));
        let is_marked = |interface: &Interface| interface.specifiers.iter().any(|it| marks(it));
        let mut files: Vec<_> = self.view.files.iter().filter(|(_, _, interface)| is_marked(interface)).collect();
        // One that loads the others by their folders comes first, and is the app that the command line tool starts.
        files.sort_by_key(|(_, _, interface)| !loads(interface));
        for (file, _, interface) in files {
            let Some((exported, loc)) = (self.view.export)(*file, default) else { continue };
            let function = match exported.as_lib() {
                Some(lib) if lib.owner == OWNER && lib.kind == "plugin" => {
                    lib.get("function").cloned().unwrap_or_else(Value::unknown)
                }
                _ => exported,
            };
            let takes_app = matches!((self.view.arity)(&function), Some(1..=3));
            if !takes_app || self.ran.contains(&function) {
                continue;
            }
            let at = self.open(None, Some(loc), "");
            self.contexts[at].unread = !loads(interface);
            self.run(at, &function, &Value::unknown(), loc);
        }
    }
}

/// A path or prefix as a text; what is not known of it stands as `…`.
pub(super) fn path_text(value: &Value) -> String {
    match &value.shape {
        Shape::Str(text) => text.to_string(),
        Shape::Text { quasis, parts } => {
            let mut text = String::new();
            for (index, quasi) in quasis.iter().enumerate() {
                text.push_str(quasi);
                if let Some(part) = parts.get(index) {
                    text.push_str(part.as_str().unwrap_or("…"));
                }
            }
            text
        }
        Shape::OneOf(all) => all.iter().find(|it| it.as_str().is_some()).map_or_else(|| "…".to_owned(), path_text),
        Shape::Nullish => String::new(),
        _ => "…".to_owned(),
    }
}
