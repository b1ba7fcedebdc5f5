pub(super) struct Supabase;
impl super::DataLayer for Supabase {
    fn id(&self) -> &'static str {
        "supabase"
    }
    fn call(&self, _: &crate::values::Call<'_>, _: &crate::schema::Schema) -> Option<crate::values::Outcome> {
        None
    }
    fn member(&self, _: &crate::values::Lib, _: crate::base::Name) -> Option<crate::values::Value> {
        None
    }
    fn result(&self, _: &crate::values::Query, a: crate::values::AccessId) -> crate::values::Value {
        super::record::row(a)
    }
}
