//! Node kinds as an enum: one table look-up a node instead of comparing strings.

use std::sync::LazyLock;

use rustc_hash::FxHashMap;

use crate::syntax::Language;

macro_rules! kinds {
    (named { $($named:ident = $named_text:literal,)* } tokens { $($token:ident = $token_text:literal,)* }) => {
        /// What a node is. Kinds that lowering does not tell apart are `Other`.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub(super) enum Kind {
            Other,
            Error,
            $($named,)*
            $($token,)*
        }

        const NAMED: &[(&str, Kind)] = &[$(($named_text, Kind::$named),)*];
        const TOKENS: &[(&str, Kind)] = &[$(($token_text, Kind::$token),)*];
    };
}

kinds! {
    named {
        Comment = "comment", HtmlComment = "html_comment", HashBang = "hash_bang_line",
        // statements
        Import = "import_statement", Export = "export_statement", ExpressionStatement = "expression_statement",
        Lexical = "lexical_declaration", Variable = "variable_declaration", Declarator = "variable_declarator",
        FunctionDeclaration = "function_declaration", GeneratorDeclaration = "generator_function_declaration",
        FunctionSignature = "function_signature", ClassDeclaration = "class_declaration", AbstractClass = "abstract_class_declaration",
        Enum = "enum_declaration", Module = "module", Namespace = "internal_module", TypeAlias = "type_alias_declaration",
        Interface = "interface_declaration", ImportAlias = "import_alias", Ambient = "ambient_declaration", Block = "statement_block",
        If = "if_statement", Else = "else_clause", Switch = "switch_statement", SwitchBody = "switch_body", Case = "switch_case",
        Default = "switch_default", For = "for_statement", ForIn = "for_in_statement", While = "while_statement", Do = "do_statement",
        Try = "try_statement", Catch = "catch_clause", Finally = "finally_clause", With = "with_statement", Break = "break_statement",
        Continue = "continue_statement", Debugger = "debugger_statement", Return = "return_statement", Throw = "throw_statement",
        EmptyStatement = "empty_statement", Labeled = "labeled_statement",
        // parts of import and export
        ImportClause = "import_clause", NamedImports = "named_imports", NamespaceImport = "namespace_import",
        ImportSpecifier = "import_specifier", ImportRequire = "import_require_clause", ExportClause = "export_clause",
        ExportSpecifier = "export_specifier", NamespaceExport = "namespace_export",
        // expressions
        Identifier = "identifier", This = "this", Super = "super", Number = "number", String = "string", Template = "template_string",
        Substitution = "template_substitution", Regex = "regex", True = "true", False = "false", Null = "null", Undefined = "undefined",
        Object = "object", Array = "array", Function = "function_expression", Generator = "generator_function", Arrow = "arrow_function",
        Class = "class", Parens = "parenthesized_expression", Subscript = "subscript_expression", Member = "member_expression",
        Meta = "meta_property", Call = "call_expression", New = "new_expression", NonNull = "non_null_expression",
        Assign = "assignment_expression", Augmented = "augmented_assignment_expression", Await = "await_expression",
        Unary = "unary_expression", Binary = "binary_expression", Ternary = "ternary_expression", Update = "update_expression",
        Yield = "yield_expression", As = "as_expression", Satisfies = "satisfies_expression", Instantiation = "instantiation_expression",
        Assertion = "type_assertion", Sequence = "sequence_expression", ImportCall = "import", Spread = "spread_element",
        Jsx = "jsx_element", JsxSelfClosing = "jsx_self_closing_element", JsxOpening = "jsx_opening_element",
        JsxClosing = "jsx_closing_element", JsxExpression = "jsx_expression", JsxAttribute = "jsx_attribute",
        JsxNamespace = "jsx_namespace_name", NestedIdentifier = "nested_identifier", Arguments = "arguments",
        OptionalChain = "optional_chain", Pair = "pair", Method = "method_definition", ShorthandProperty = "shorthand_property_identifier",
        PropertyName = "property_identifier", PrivateName = "private_property_identifier", Computed = "computed_property_name",
        LabelName = "statement_identifier",
        // patterns
        ArrayPattern = "array_pattern", ObjectPattern = "object_pattern", RestPattern = "rest_pattern", PairPattern = "pair_pattern",
        DefaultPattern = "assignment_pattern", ObjectDefault = "object_assignment_pattern",
        ShorthandPattern = "shorthand_property_identifier_pattern",
        // functions and classes
        Parameters = "formal_parameters", Required = "required_parameter", OptionalParameter = "optional_parameter",
        Accessibility = "accessibility_modifier", Override = "override_modifier", Decorator = "decorator", ClassBody = "class_body",
        Heritage = "class_heritage", Extends = "extends_clause", Field = "public_field_definition", MethodSignature = "method_signature",
        AbstractMethod = "abstract_method_signature", StaticBlock = "class_static_block", EnumBody = "enum_body",
        EnumAssignment = "enum_assignment",
        // types
        TypeAnnotation = "type_annotation", TypeArguments = "type_arguments", TypeParameters = "type_parameters",
        TypeIdentifier = "type_identifier", NestedType = "nested_type_identifier", PredefinedType = "predefined_type",
        GenericType = "generic_type", ArrayType = "array_type", TupleType = "tuple_type", UnionType = "union_type",
        IntersectionType = "intersection_type", ObjectType = "object_type", InterfaceBody = "interface_body",
        ParenthesizedType = "parenthesized_type", ReadonlyType = "readonly_type", OptionalType = "optional_type", RestType = "rest_type",
        LiteralType = "literal_type", TypeQuery = "type_query", KeyofType = "index_type_query", ThisType = "this_type",
        PropertySignature = "property_signature", TypePredicate = "type_predicate", Asserts = "asserts",
        PredicateAnnotation = "type_predicate_annotation", AssertsAnnotation = "asserts_annotation", ExtendsType = "extends_type_clause",
    }
    tokens {
        KwAsync = "async", KwStatic = "static", KwGet = "get", KwSet = "set", KwType = "type", KwDefault = "default", KwVar = "var",
        KwUsing = "using", KwReadonly = "readonly", KwOf = "of", Star = "*", Question = "?", QuestionDot = "?.", Equals = "=",
        Comma = ",",
    }
}

/// Field ids of a grammar.
pub(super) struct Fields {
    pub alias: u16,
    pub alternative: u16,
    pub arguments: u16,
    pub body: u16,
    pub condition: u16,
    pub consequence: u16,
    pub constructor: u16,
    pub declaration: u16,
    pub finalizer: u16,
    pub function: u16,
    pub handler: u16,
    pub increment: u16,
    pub index: u16,
    pub initializer: u16,
    pub key: u16,
    pub kind: u16,
    pub label: u16,
    pub left: u16,
    pub name: u16,
    pub object: u16,
    pub operator: u16,
    pub argument: u16,
    pub parameter: u16,
    pub parameters: u16,
    pub pattern: u16,
    pub property: u16,
    pub return_type: u16,
    pub right: u16,
    pub source: u16,
    pub open_tag: u16,
    pub ty: u16,
    pub type_arguments: u16,
    pub value: u16,
}

/// What lowering knows of a grammar.
pub(super) struct Grammar {
    kinds: Vec<Kind>,
    pub fields: Fields,
}

impl Grammar {
    pub(super) fn kind(&self, id: u16) -> Kind {
        match self.kinds.get(id as usize) {
            Some(kind) => *kind,
            // The id of ERROR is the largest number there is, and no entry of the table.
            None => Kind::Error,
        }
    }

    pub(super) fn of(language: Language) -> &'static Grammar {
        static TS: LazyLock<Grammar> = LazyLock::new(|| Grammar::new(Language::Ts));
        static TSX: LazyLock<Grammar> = LazyLock::new(|| Grammar::new(Language::Tsx));
        match language {
            Language::Ts => &TS,
            Language::Tsx => &TSX,
        }
    }

    fn new(language: Language) -> Grammar {
        let grammar = language.grammar();
        let named: FxHashMap<&str, Kind> = NAMED.iter().copied().collect();
        let tokens: FxHashMap<&str, Kind> = TOKENS.iter().copied().collect();
        let kinds = (0..grammar.node_kind_count() as u16).map(|id| {
            let table = if grammar.node_kind_is_named(id) { &named } else { &tokens };
            grammar.node_kind_for_id(id).and_then(|text| table.get(text)).copied().unwrap_or(Kind::Other)
        });
        // A field that the grammar does not have gets an id that no node has.
        let field = |name: &str| grammar.field_id_for_name(name).map_or(u16::MAX, |id| id.get());
        let fields = Fields {
            alias: field("alias"),
            alternative: field("alternative"),
            arguments: field("arguments"),
            body: field("body"),
            condition: field("condition"),
            consequence: field("consequence"),
            constructor: field("constructor"),
            declaration: field("declaration"),
            finalizer: field("finalizer"),
            function: field("function"),
            handler: field("handler"),
            increment: field("increment"),
            index: field("index"),
            initializer: field("initializer"),
            key: field("key"),
            kind: field("kind"),
            label: field("label"),
            left: field("left"),
            name: field("name"),
            object: field("object"),
            operator: field("operator"),
            argument: field("argument"),
            parameter: field("parameter"),
            parameters: field("parameters"),
            pattern: field("pattern"),
            property: field("property"),
            return_type: field("return_type"),
            right: field("right"),
            source: field("source"),
            open_tag: field("open_tag"),
            ty: field("type"),
            type_arguments: field("type_arguments"),
            value: field("value"),
        };
        Grammar { kinds: kinds.collect(), fields }
    }
}

impl Kind {
    /// Whether a node of this kind is a statement or declaration.
    pub(super) fn is_statement(self) -> bool {
        use Kind::*;
        matches!(
            self,
            Import
                | Export
                | ExpressionStatement
                | Lexical
                | Variable
                | FunctionDeclaration
                | GeneratorDeclaration
                | FunctionSignature
                | ClassDeclaration
                | AbstractClass
                | Enum
                | Module
                | TypeAlias
                | Interface
                | ImportAlias
                | Ambient
                | Block
                | If
                | Switch
                | For
                | ForIn
                | While
                | Do
                | Try
                | With
                | Break
                | Continue
                | Debugger
                | Return
                | Throw
                | EmptyStatement
                | Labeled
        )
    }

    /// Whether a node of this kind is an expression.
    pub(super) fn is_expression(self) -> bool {
        use Kind::*;
        matches!(
            self,
            Identifier
                | This
                | Super
                | Number
                | String
                | Template
                | Regex
                | True
                | False
                | Null
                | Undefined
                | Object
                | Array
                | Function
                | Generator
                | Arrow
                | Class
                | Parens
                | Subscript
                | Member
                | Meta
                | Call
                | New
                | NonNull
                | Assign
                | Augmented
                | Await
                | Unary
                | Binary
                | Ternary
                | Update
                | Yield
                | As
                | Satisfies
                | Instantiation
                | Assertion
                | Sequence
                | Jsx
                | JsxSelfClosing
        )
    }

    /// Whether a node of this kind is about types only.
    pub(super) fn is_type(self) -> bool {
        use Kind::*;
        matches!(
            self,
            TypeAnnotation
                | TypeArguments
                | TypeParameters
                | TypeAlias
                | Interface
                | PredicateAnnotation
                | AssertsAnnotation
                | InterfaceBody
        )
    }

    /// Whether a node of this kind lists statements or members, which answer for their own errors.
    pub(super) fn is_list(self) -> bool {
        matches!(self, Kind::Block | Kind::ClassBody | Kind::SwitchBody)
    }

    /// Whether nothing is to be read from a node of this kind.
    pub(super) fn is_extra(self) -> bool {
        matches!(self, Kind::Comment | Kind::HtmlComment | Kind::HashBang)
    }
}
