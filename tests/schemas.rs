//! The JSON Schemas in `docs/schemas/` are made from the types that travel. `KIOSQUE_BLESS=1` writes them anew; the
//! difference is then part of the review, since a topic's readers may be other programs.

#![cfg(test)]

use std::fs;
use std::path::Path;

use kiosque_model::{Article, Breadcrumb, FeedHint, FetchRecord, Tagged};
use schemars::schema_for;

fn check(name: &str, schema: &serde_json::Value) {
    let path =
        Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/schemas").join(format!("{name}.schema.json"));
    let text = format!("{}\n", serde_json::to_string_pretty(schema).unwrap());
    if std::env::var_os("KIOSQUE_BLESS").is_some() {
        fs::write(&path, &text).unwrap();
    }
    let written = fs::read_to_string(&path).unwrap_or_default();
    assert!(
        written == text,
        "{} is not what the type says\nhint: KIOSQUE_BLESS=1 cargo test --test schemas",
        path.display()
    );
}

#[test]
fn schemas_are_what_the_types_say() {
    check("article", &schema_for!(Article).to_value());
    check("tagged", &schema_for!(Tagged).to_value());
    check("breadcrumb", &schema_for!(Breadcrumb).to_value());
    check("feed-hint", &schema_for!(FeedHint).to_value());
    check("fetch-record", &schema_for!(FetchRecord).to_value());
    check("lead", &schema_for!(kiosque_crawl::Handover).to_value());
    check("edition", &kiosque_edition::schema());
}
