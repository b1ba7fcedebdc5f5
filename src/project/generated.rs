//! Code that a generator writes and that is often not there: clients of Prisma outside of `node_modules`.

use std::path::{Path, PathBuf};

use path_clean::PathClean as _;

use crate::base::Name;

/// The folder that a Prisma schema's client generator writes to, if the schema names one, and the package that it stands for.
pub(super) fn prisma_client(schema: &Path, text: &str) -> Option<(PathBuf, Name)> {
    let folder = schema.parent()?;
    let blocks = text.split("generator ").skip(1).filter_map(|it| Some(it.split_once('{')?.1.split_once('}')?.0));
    let value = |block: &str, key: &str| {
        block.lines().find_map(|line| {
            let (name, value) = line.split_once('=')?;
            let value = value.trim().strip_prefix('"')?;
            (name.trim() == key).then(|| value.split('"').next().unwrap_or(value).to_owned())
        })
    };
    blocks
        .filter(|it| value(it, "provider").is_some_and(|it| it == "prisma-client" || it == "prisma-client-js"))
        .find_map(|it| value(it, "output"))
        .map(|output| (folder.join(output).clean(), Name::new("@prisma/client")))
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::prisma_client;

    #[test]
    fn the_output_is_relative_to_the_schema() {
        let text = "datasource db { url = env(\"X\") }\ngenerator zod {\n provider = \"zod-prisma\"\n output = \"./z\"\n}\ngenerator client {\n  provider = \"prisma-client\"\n  output   = \"../src/generated/prisma\" // ignored\n}\n";
        let (folder, package) = prisma_client(Path::new("/w/prisma/schema.prisma"), text).unwrap();
        assert_eq!(folder, Path::new("/w/src/generated/prisma"));
        assert_eq!(package, "@prisma/client");
        assert_eq!(prisma_client(Path::new("/w/schema.prisma"), "generator client { provider = \"prisma-client-js\" }"), None);
    }
}
