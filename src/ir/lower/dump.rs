//! IR as text, for tests and for looking at it.

use std::fmt::Write;

use crate::ir::*;

/// The module as indented text.
pub fn dump(module: &Module) -> String {
    let mut out = String::new();
    let interface = &module.interface;
    for directive in &interface.directives {
        let _ = writeln!(out, "directive {directive:?}");
    }
    for import in &interface.imports {
        let specifier = &interface.specifiers[import.specifier as usize];
        let ty = if import.type_only { " type" } else { "" };
        let _ = writeln!(out, "import{ty} {} = {:?} of {specifier:?}", import.local, import.what);
    }
    for (name, export) in &interface.exports {
        let _ = match export {
            Export::Local(local) => writeln!(out, "export {name} = {local}"),
            Export::From(specifier, what) => {
                writeln!(out, "export {name} = {what} of {:?}", interface.specifiers[*specifier as usize])
            }
        };
    }
    for star in &interface.stars {
        let _ = writeln!(out, "export * of {:?}", interface.specifiers[*star as usize]);
    }
    for entry in module.items.iter() {
        let item = &entry.item;
        let broken = if item.broken { " broken" } else { "" };
        let names = |names: &[crate::base::Name]| names.iter().map(|it| it.as_str()).collect::<Vec<_>>().join(" ");
        let _ = writeln!(out, "item [{}] assigns [{}]{broken}", names(&item.binds), names(&item.assigns));
        for (name, ty) in &item.types {
            let _ = writeln!(out, "  type {name} = {}", type_text(ty));
        }
        let mut printer = Printer { item, out: &mut out };
        if let Some(Body::Block(statements)) = item.functions.first().map(|it| &it.body) {
            for statement in statements {
                printer.statement(*statement, 1);
            }
        }
    }
    out
}

/// A type in one line.
fn type_text(ty: &TypeRef) -> String {
    let mut text = ty.name.to_string();
    if !ty.args.is_empty() {
        let args: Vec<_> = ty.args.iter().map(type_text).collect();
        let _ = write!(text, "<{}>", args.join(", "));
    }
    if !ty.members.is_empty() {
        let member = |(name, ty, optional): &(crate::base::Name, TypeRef, bool)| {
            format!("{name}{}: {}", if *optional { "?" } else { "" }, type_text(ty))
        };
        let members: Vec<_> = ty.members.iter().map(member).collect();
        let _ = write!(text, "{{{}}}", members.join(", "));
    }
    text
}

struct Printer<'a> {
    item: &'a Item,
    out: &'a mut String,
}

impl Printer<'_> {
    fn line(&mut self, depth: usize, text: &str) {
        let _ = writeln!(self.out, "{}{text}", "  ".repeat(depth));
    }

    fn statement(&mut self, id: StmtId, depth: usize) {
        let item = self.item;
        match item.stmt(id) {
            Stmt::Opaque(inner) => {
                let text = format!("opaque {}", self.list(inner));
                self.line(depth, &text);
            }
            Stmt::Expr(expr) => self.with(depth, "", *expr),
            Stmt::Let { pattern, init } => {
                let pattern = self.pattern(pattern);
                match init {
                    Some(init) => self.with(depth, &format!("let {pattern} = "), *init),
                    None => self.line(depth, &format!("let {pattern}")),
                }
            }
            Stmt::Return(Some(value)) => self.with(depth, "return ", *value),
            Stmt::Return(None) => self.line(depth, "return"),
            Stmt::If { test, then, other } => {
                self.with(depth, "if ", *test);
                self.statement(*then, depth + 1);
                if let Some(other) = other {
                    self.line(depth, "else");
                    self.statement(*other, depth + 1);
                }
            }
            Stmt::For { init, test, update, body } => {
                let text = format!("for {}; {}", self.optional(*test), self.optional(*update));
                self.line(depth, &text);
                for part in init.iter().chain([body]) {
                    self.statement(*part, depth + 1);
                }
            }
            Stmt::ForOf { pattern, iter, body } => {
                let pattern = self.pattern(pattern);
                self.with(depth, &format!("for {pattern} of "), *iter);
                self.statement(*body, depth + 1);
            }
            Stmt::ForIn { pattern, object, body } => {
                let pattern = self.pattern(pattern);
                self.with(depth, &format!("for {pattern} in "), *object);
                self.statement(*body, depth + 1);
            }
            Stmt::While { test, body, post } => {
                self.with(depth, if *post { "do while " } else { "while " }, *test);
                self.statement(*body, depth + 1);
            }
            Stmt::Switch { on, cases } => {
                self.with(depth, "switch ", *on);
                for (value, body) in cases {
                    let text = format!("case {}", self.optional(*value));
                    self.line(depth, &text);
                    for statement in body {
                        self.statement(*statement, depth + 1);
                    }
                }
            }
            Stmt::Try { block, param, handler, finalizer } => {
                self.line(depth, "try");
                self.statement(*block, depth + 1);
                if let Some(handler) = handler {
                    let param = param.as_ref().map_or_else(String::new, |it| self.pattern(it));
                    self.line(depth, &format!("catch {param}"));
                    self.statement(*handler, depth + 1);
                }
                if let Some(finalizer) = finalizer {
                    self.line(depth, "finally");
                    self.statement(*finalizer, depth + 1);
                }
            }
            Stmt::Throw(value) => self.with(depth, "throw ", *value),
            Stmt::Block(statements) => {
                self.line(depth, "block");
                for statement in statements {
                    self.statement(*statement, depth + 1);
                }
            }
            Stmt::Break(label) => self.line(depth, &format!("break {}", label.map_or("", |it| it.as_str()))),
            Stmt::Continue(label) => self.line(depth, &format!("continue {}", label.map_or("", |it| it.as_str()))),
            Stmt::Labeled(label, body) => {
                self.line(depth, &format!("{label}:"));
                self.statement(*body, depth + 1);
            }
            Stmt::Function { pattern, function } => {
                let pattern = self.pattern(pattern);
                let text = self.function(*function, depth);
                self.line(depth, &format!("let {pattern} = {text}"));
            }
            Stmt::Class { pattern, class } => {
                let pattern = self.pattern(pattern);
                let text = self.class(*class, depth);
                self.line(depth, &format!("let {pattern} = {text}"));
            }
            Stmt::Enum { pattern, members } => {
                let members: Vec<_> = members.iter().map(|(name, value)| format!("{name} = {}", self.optional(*value))).collect();
                let text = format!("enum {} {{ {} }}", self.pattern(pattern), members.join(", "));
                self.line(depth, &text);
            }
            Stmt::Empty => self.line(depth, "empty"),
        }
    }

    fn with(&mut self, depth: usize, before: &str, expr: ExprId) {
        let text = self.expr_at(expr, depth);
        self.line(depth, &format!("{before}{text}"));
    }

    fn optional(&mut self, expr: Option<ExprId>) -> String {
        expr.map_or_else(|| "-".to_owned(), |it| self.expr_at(it, 0))
    }

    fn list(&mut self, exprs: &[ExprId]) -> String {
        let all: Vec<_> = exprs.iter().map(|it| self.expr_at(*it, 0)).collect();
        format!("[{}]", all.join(", "))
    }

    fn args(&mut self, args: &[Arg], depth: usize) -> String {
        let one = |arg: &Arg| format!("{}{}", if arg.spread { "..." } else { "" }, self.expr_at(arg.expr, depth));
        args.iter().map(one).collect::<Vec<_>>().join(", ")
    }

    fn template(&mut self, quasis: &[std::sync::Arc<str>], exprs: &[ExprId]) -> String {
        let mut text = String::from("`");
        for (index, quasi) in quasis.iter().enumerate() {
            text.push_str(quasi);
            if let Some(expr) = exprs.get(index) {
                let _ = write!(text, "${{{}}}", self.expr_at(*expr, 0));
            }
        }
        text.push('`');
        text
    }

    fn key(&mut self, key: &Key) -> String {
        match key {
            Key::Name(name) => name.to_string(),
            Key::Computed(expr) => format!("[{}]", self.expr_at(*expr, 0)),
        }
    }

    fn local(&self, id: LocalId) -> String {
        let local = self.item.local(id);
        let ty = local.ty.as_ref().map_or_else(String::new, |ty| format!(":{}", type_text(ty)));
        format!("%{}.{}{ty}", local.name, id.0)
    }

    fn types(args: &[TypeRef]) -> String {
        if args.is_empty() {
            return String::new();
        }
        format!("<{}>", args.iter().map(type_text).collect::<Vec<_>>().join(", "))
    }

    fn expr_at(&mut self, id: ExprId, depth: usize) -> String {
        let item = self.item;
        let mark = |optional: bool| if optional { "?" } else { "" };
        match item.expr(id) {
            Expr::Opaque(inner) => format!("opaque{}", self.list(inner)),
            Expr::Lit(Lit::Str(text)) => format!("{text:?}"),
            Expr::Lit(Lit::Num(text) | Lit::Regex(text)) => text.to_string(),
            Expr::Lit(other) => format!("{other:?}").to_lowercase(),
            Expr::Template { quasis, exprs } => self.template(quasis, exprs),
            Expr::Tagged { tag, quasis, exprs, type_args } => {
                format!("{}{}{}", self.expr_at(*tag, depth), Self::types(type_args), self.template(quasis, exprs))
            }
            Expr::Local(id) => self.local(*id),
            Expr::Global(name) => name.to_string(),
            Expr::This => "this".to_owned(),
            Expr::Super => "super".to_owned(),
            Expr::Array(args) => format!("[{}]", self.args(args, depth)),
            Expr::Object(props) => {
                let mut all = Vec::new();
                for prop in props {
                    all.push(match prop {
                        Prop::Field { key, value } => format!("{}: {}", self.key(key), self.expr_at(*value, depth)),
                        Prop::Spread(value) => format!("...{}", self.expr_at(*value, depth)),
                        Prop::Getter { key, function } => format!("get {}: {}", self.key(key), self.function(*function, depth)),
                    });
                }
                format!("{{{}}}", all.join(", "))
            }
            Expr::Function(id) => self.function(*id, depth),
            Expr::Class(id) => self.class(*id, depth),
            Expr::Member { object, name, optional } => format!("{}{}.{name}", self.expr_at(*object, depth), mark(*optional)),
            Expr::Index { object, index, optional } => {
                format!("{}{}[{}]", self.expr_at(*object, depth), mark(*optional), self.expr_at(*index, depth))
            }
            Expr::Call { callee, args, optional, type_args } => {
                let callee = self.expr_at(*callee, depth);
                format!("{callee}{}{}({})", mark(*optional), Self::types(type_args), self.args(args, depth))
            }
            Expr::New { callee, args, type_args } => {
                format!("new {}{}({})", self.expr_at(*callee, depth), Self::types(type_args), self.args(args, depth))
            }
            Expr::Unary { op, operand } => format!("{op:?}({})", self.expr_at(*operand, depth)),
            Expr::Binary { op, left, right } => {
                format!("({} {op:?} {})", self.expr_at(*left, depth), self.expr_at(*right, depth))
            }
            Expr::Logical { op, left, right } => {
                format!("({} {op:?} {})", self.expr_at(*left, depth), self.expr_at(*right, depth))
            }
            Expr::Assign { op, target, value } => format!("({} {op:?}= {})", self.pattern(target), self.expr_at(*value, depth)),
            Expr::Cond { test, then, other } => {
                format!("({} ? {} : {})", self.expr_at(*test, depth), self.expr_at(*then, depth), self.expr_at(*other, depth))
            }
            Expr::Await(inner) => format!("await({})", self.expr_at(*inner, depth)),
            Expr::Yield(inner) => format!("yield({})", self.optional(*inner)),
            Expr::Import(inner) => format!("import({})", self.expr_at(*inner, depth)),
            Expr::ImportMeta => "import.meta".to_owned(),
            Expr::Seq(all) => format!("seq{}", self.list(all)),
            Expr::Jsx { tag, parts } => {
                let mut text = format!("<{}", self.optional(*tag));
                for (name, expr) in parts {
                    let _ = write!(text, " {}={}", name.map_or("", |it| it.as_str()), self.expr_at(*expr, depth));
                }
                text + ">"
            }
        }
    }

    fn pattern(&mut self, pattern: &Pattern) -> String {
        match pattern {
            Pattern::Local(id) => self.local(*id),
            Pattern::Global(name) => name.to_string(),
            Pattern::Place(expr) => self.expr_at(*expr, 0),
            Pattern::Object { props, rest } => {
                let mut all: Vec<_> = props.iter().map(|(key, it)| format!("{}: {}", self.key(key), self.pattern(it))).collect();
                all.extend(rest.iter().map(|it| format!("...{}", self.pattern(it))));
                format!("{{{}}}", all.join(", "))
            }
            Pattern::Array { elements, rest } => {
                let mut all: Vec<_> =
                    elements.iter().map(|it| it.as_ref().map_or_else(String::new, |it| self.pattern(it))).collect();
                all.extend(rest.iter().map(|it| format!("...{}", self.pattern(it))));
                format!("[{}]", all.join(", "))
            }
            Pattern::Default { pattern, value } => format!("{} = {}", self.pattern(pattern), self.expr_at(*value, 0)),
            Pattern::Opaque => "opaque".to_owned(),
        }
    }

    fn function(&mut self, id: FnId, depth: usize) -> String {
        let function = self.item.function(id);
        let mut text = String::new();
        for (flag, word) in [
            (function.broken, "broken "),
            (function.is_async, "async "),
            (function.is_generator, "generator "),
            (function.is_arrow, "arrow "),
        ] {
            text.push_str(if flag { word } else { "" });
        }
        let _ = write!(text, "fn {}", function.name.map_or("", |it| it.as_str()));
        let mut params = Vec::new();
        for param in &function.params {
            let mut one = String::new();
            for decorator in &param.decorators {
                let _ = write!(one, "@{} ", self.expr_at(*decorator, 0));
            }
            one.push_str(if param.is_property { "field " } else { "" });
            one.push_str(if param.rest { "..." } else { "" });
            one.push_str(&self.pattern(&param.pattern));
            params.push(one);
        }
        let _ = write!(text, "({})", params.join(", "));
        if let Some(returns) = &function.returns {
            let _ = write!(text, ": {}", type_text(returns));
        }
        if !function.captures.is_empty() {
            let captures: Vec<_> = function.captures.iter().map(|it| self.item.local(*it).name.as_str()).collect();
            let _ = write!(text, " uses [{}]", captures.join(" "));
        }
        for directive in &function.directives {
            let _ = write!(text, " {directive:?}");
        }
        match &function.body {
            Body::None => text.push_str(" none"),
            Body::Expr(expr) => {
                let _ = write!(text, " => {}", self.expr_at(*expr, depth));
            }
            Body::Block(statements) => {
                let mut inner = String::new();
                let mut printer = Printer { item: self.item, out: &mut inner };
                for statement in statements {
                    printer.statement(*statement, depth + 1);
                }
                let end = "  ".repeat(depth);
                let _ = if inner.is_empty() { write!(text, " {{}}") } else { write!(text, " {{\n{inner}{end}}}") };
            }
        }
        text
    }

    fn class(&mut self, id: ClassId, depth: usize) -> String {
        let class = self.item.class(id);
        let mut text = String::new();
        for decorator in &class.decorators {
            let _ = write!(text, "@{} ", self.expr_at(*decorator, 0));
        }
        let _ = write!(text, "class {}", class.name.map_or("", |it| it.as_str()));
        if let Some(extends) = class.extends {
            let _ = write!(text, " extends {}", self.expr_at(extends, 0));
        }
        text.push_str(" {\n");
        for member in &class.members {
            text.push_str(&"  ".repeat(depth + 1));
            for decorator in &member.decorators {
                let _ = write!(text, "@{} ", self.expr_at(*decorator, 0));
            }
            text.push_str(if member.is_static { "static " } else { "" });
            let ty = member.ty.as_ref().map_or_else(String::new, |ty| format!(": {}", type_text(ty)));
            let value = match &member.kind {
                MemberKind::Field(value) => {
                    format!("field = {}", value.map_or_else(|| "-".to_owned(), |it| self.expr_at(it, depth + 1)))
                }
                MemberKind::Constructor(it) => format!("constructor {}", self.function(*it, depth + 1)),
                MemberKind::Method(it) => self.function(*it, depth + 1),
                MemberKind::Getter(it) => format!("get {}", self.function(*it, depth + 1)),
                MemberKind::Setter(it) => format!("set {}", self.function(*it, depth + 1)),
                MemberKind::StaticBlock(it) => format!("block {}", self.function(*it, depth + 1)),
            };
            let _ = writeln!(text, "{}{ty} {value}", member.name);
        }
        text + &"  ".repeat(depth) + "}"
    }
}
