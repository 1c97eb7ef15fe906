//! The two kinds of file and the migrations that build them.
//!
//! Invariant: a migration that was released is never changed; a new one is added after it, so that any file of
//! any age comes to the same schema.

use rusqlite_migration::{M, Migrations};

use crate::database::FileKind;

const STORE: &[M<'static>] = &[
    M::up(concat!(include_str!("schema/001-tables.sql"), include_str!("schema/002-views.sql"))),
    M::up(include_str!("schema/003-labels.sql")),
    M::up(include_str!("schema/004-issues.sql")),
    M::up(include_str!("schema/005-history.sql")),
    M::up(include_str!("schema/006-silent.sql")),
    M::up(include_str!("schema/007-noise.sql")),
    M::up(include_str!("schema/008-edition-articles.sql")),
];
const MEMORY: &[M<'static>] = &[M::up(include_str!("schema/memory.sql"))];

/// The day's compilation.
pub(crate) fn store() -> FileKind {
    FileKind {
        expected: "a store of kiosque",
        application_id: i32::from_be_bytes(*b"KioS"),
        version: 7,
        migrations: Migrations::from_slice(STORE),
    }
}

/// What stages remember.
pub(crate) fn memory() -> FileKind {
    FileKind {
        expected: "a memory of kiosque's stages",
        application_id: i32::from_be_bytes(*b"KioM"),
        version: 1,
        migrations: Migrations::from_slice(MEMORY),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn migrations_are_sound_and_counted() {
        for (kind, list) in [(store(), STORE), (memory(), MEMORY)] {
            kind.migrations.validate().unwrap();
            assert_eq!(kind.version, i64::try_from(list.len()).unwrap());
        }
    }
}
