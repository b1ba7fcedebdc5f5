use super::*;
use crate::schema::code::Reader;
use crate::schema::{EntityRole, Schema};

fn draft(text: &str) -> Draft {
    crate::schema::code::testing::read_one(Reader { declares, read }, text)
}

const MODELS: &str = r#"
import mongoose, { Schema } from "mongoose";
const userSchema = new mongoose.Schema({
  email: { type: String, required: [true, "needed"], unique: true },
  password: { type: String, select: false },
  resetToken: String,
  role: { type: String, enum: ["user", "admin"], default: "user" },
}, { timestamps: true, toJSON: { transform(doc, ret) { delete ret.resetToken; return ret; } } });
userSchema.methods.check = function (candidate) { return compare(candidate, this.password); };
userSchema.statics.byEmail = function (email) { return this.findOne({ email }); };
const orderSchema = new Schema({
  user: { type: Schema.Types.ObjectId, ref: "User", required: true },
  items: [{ product: { type: Schema.Types.ObjectId, ref: "Product" }, quantity: Number }],
  tags: [String],
});
export const User = mongoose.models.User || mongoose.model("User", userSchema);
export const Order = mongoose.model("Order", orderSchema, "orders2");
"#;

#[test]
fn paths_options_and_functions() {
    let draft = draft(MODELS);
    let names: Vec<&str> = draft.entities.iter().map(|it| it.name.as_str()).collect();
    assert_eq!(names, ["User", "Order"]);
    let user = &draft.entities[0];
    let field = |name: &str| user.field(Name::new(name)).expect("a field");
    assert!(!field("email").nullable && user.is_unique(Name::new("email")));
    assert_eq!(field("password").hidden, Some(Hidden::FromReads));
    assert_eq!(field("resetToken").hidden, Some(Hidden::FromJson));
    assert!(matches!(field("role").ty, FieldType::Enum(_)));
    assert_eq!(field("createdAt").default, Some(FieldDefault::Generated));
    let methods: Vec<(&str, bool)> = user.methods.iter().map(|it| (it.name.as_str(), it.is_static)).collect();
    assert_eq!(methods, [("check", false), ("byEmail", true)]);
    let order = &draft.entities[1];
    assert_eq!(order.table, Some(Name::new("orders2")));
    assert!(order.relation(Name::new("user")).is_some_and(|(_, it)| it.to == "User"));
    assert!(order.relation(Name::new("items.product")).is_some());
    assert!(order.field(Name::new("tags")).is_some_and(|it| it.list && it.ty == FieldType::String));
}

#[test]
fn owners_follow_references() {
    let schema = Schema::build(vec![draft(MODELS)]);
    let order = schema.find(Name::new("Order")).expect("an entity");
    assert!(order.is_owned());
    assert_eq!(schema.find(Name::new("User")).map(|it| it.role), Some(EntityRole::Principal));
}

#[test]
fn what_is_no_schema_is_no_entity() {
    let others = "import mongoose from \"mongoose\";\nimport { Schema } from \"effect\";\nconst s = new Schema({ a: String });\nmodel(\"A\", s);";
    assert!(draft(others).entities.is_empty());
    assert!(draft("import mongoose from \"mongoose\";\nconst car = shop.model(\"A\", { a: String });").entities.is_empty());
}
