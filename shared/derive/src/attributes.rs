//! What serde's attributes say about reading.

use proc_macro2::TokenStream as Code;
use quote::quote;
use syn::meta::ParseNestedMeta;
use syn::{Attribute, ExprPath, LitStr, Result, Token};

/// How the name of a struct begins that reads over fields which it does not know: `#[serde(rename = "~Claims")]`.
const OPEN: char = '~';

/// Of a struct or an enum.
#[derive(Default)]
pub(crate) struct OfType {
    /// Fields that are not there are those of its default.
    pub(crate) has_default: bool,
    /// Whether it reads over what it does not know.
    pub(crate) is_open: bool,
    case: Case,
}

/// How the names of an enum's variants are written.
#[derive(Default)]
enum Case {
    #[default]
    AsTheyAre,
    Snake,
    Lower,
}

/// Of a field or a variant.
#[derive(Default)]
pub(crate) struct OfPart {
    rename: Option<String>,
    /// What stands for it when it is not there.
    pub(crate) default: Option<Code>,
    /// Whether it is never read.
    pub(crate) is_skipped: bool,
    /// Whether it may be absent, and may not be null.
    pub(crate) is_present: bool,
}

impl OfType {
    pub(crate) fn of(attributes: &[Attribute]) -> Result<Self> {
        let mut this = Self::default();
        each(attributes, "serde", |meta| {
            if meta.path.is_ident("default") {
                this.has_default = true;
            } else if meta.path.is_ident("rename") {
                this.is_open = text(meta)?.starts_with(OPEN);
            } else if meta.path.is_ident("rename_all") {
                this.case = match text(meta)?.as_str() {
                    "snake_case" => Case::Snake,
                    "lowercase" => Case::Lower,
                    _ => return Err(meta.error("names of this form are not read")),
                };
            } else if !["deny_unknown_fields", "transparent"]
                .iter()
                .any(|known| meta.path.is_ident(known))
            {
                return Err(meta.error("this is not read: implement `Read` by hand"));
            }
            Ok(())
        })?;
        Ok(this)
    }

    /// What no attribute says anything of, but that it reads over what it does not know.
    pub(crate) fn open() -> Self {
        Self {
            is_open: true,
            ..Self::default()
        }
    }

    /// How a variant of this name is written.
    pub(crate) fn written(&self, name: &str) -> String {
        match self.case {
            Case::AsTheyAre => name.to_owned(),
            Case::Lower => name.to_ascii_lowercase(),
            Case::Snake => snake_case(name),
        }
    }
}

fn snake_case(name: &str) -> String {
    let mut written = String::new();
    for letter in name.chars() {
        if letter.is_ascii_uppercase() && !written.is_empty() {
            written.push('_');
        }
        written.push(letter.to_ascii_lowercase());
    }
    written
}

impl OfPart {
    pub(crate) fn of(attributes: &[Attribute]) -> Result<Self> {
        let mut this = Self::default();
        each(attributes, "serde", |meta| {
            if meta.path.is_ident("rename") {
                this.rename = Some(text(meta)?);
            } else if meta.path.is_ident("default") {
                this.default = Some(default(meta)?);
            } else if meta.path.is_ident("skip_deserializing") {
                this.is_skipped = true;
            } else if meta.path.is_ident("skip_serializing_if") {
                text(meta)?;
            } else {
                return Err(meta.error("this is not read: implement `Read` by hand"));
            }
            Ok(())
        })?;
        each(attributes, "read", |meta| {
            this.is_present = meta.path.is_ident("present");
            if this.is_present {
                return Ok(());
            }
            Err(meta.error("only `present` is known"))
        })?;
        Ok(this)
    }

    /// How it is written: as it is renamed, or else like this.
    pub(crate) fn written(&self, otherwise: String) -> String {
        self.rename.clone().unwrap_or(otherwise)
    }
}

/// Everything in the attributes of this name.
fn each(
    attributes: &[Attribute],
    name: &str,
    mut take: impl FnMut(&ParseNestedMeta<'_>) -> Result<()>,
) -> Result<()> {
    for attribute in attributes {
        if attribute.path().is_ident(name) {
            attribute.parse_nested_meta(|meta| take(&meta))?;
        }
    }
    Ok(())
}

fn text(meta: &ParseNestedMeta<'_>) -> Result<String> {
    Ok(meta.value()?.parse::<LitStr>()?.value())
}

fn default(meta: &ParseNestedMeta<'_>) -> Result<Code> {
    if !meta.input.peek(Token![=]) {
        return Ok(quote!(Default::default()));
    }
    let path: ExprPath = meta.value()?.parse::<LitStr>()?.parse()?;
    Ok(quote!(#path()))
}
