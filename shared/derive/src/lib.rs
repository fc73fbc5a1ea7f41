//! `#[derive(Read)]`: how a type is read by `goodword_shared::json`.
//!
//! A Worker carries the reader of each of its hundred types. Serde's are general: they ask after every field whether it went
//! well, and drop what was read before it if not. These take no branch for a field at all, because a reader that has met an
//! error gives out stand-ins until it is asked for the error: it makes a twentieth of the Worker's size.
//!
//! The attributes are serde's own, so that the two read alike, and whoever derives both can compare them: `rename`,
//! `rename_all` in `snake_case` and `lowercase`, `default` with or without a function, `skip_deserializing`, `transparent`. Any
//! other that would change what is read does not compile. One more, `#[read(present)]`, is for an `Option` that may be absent
//! and may not be null.

mod attributes;
mod fields;
mod variants;

use proc_macro::TokenStream;
use proc_macro2::TokenStream as Code;
use quote::quote;
use syn::{Data, DeriveInput, Error, Fields, Result};

use attributes::OfType;

/// Implements `goodword_shared::json::Read`.
#[proc_macro_derive(Read, attributes(serde, read))]
pub fn read(input: TokenStream) -> TokenStream {
    let code = syn::parse(input).and_then(|input| reader(&input));
    code.unwrap_or_else(Error::into_compile_error).into()
}

fn reader(input: &DeriveInput) -> Result<Code> {
    let name = &input.ident;
    let of_type = OfType::of(&input.attrs)?;
    let value = match &input.data {
        Data::Struct(data) => match &data.fields {
            Fields::Unnamed(fields) if fields.unnamed.len() == 1 => {
                quote! { Self(::goodword_shared::json::Read::read(reader)) }
            }
            fields => fields::object(&quote!(Self), fields, &of_type)?,
        },
        Data::Enum(data) => variants::one_of(data, &of_type)?,
        Data::Union(_) => return Err(Error::new_spanned(name, "a union is not read")),
    };
    if !input.generics.params.is_empty() {
        return Err(Error::new_spanned(name, "a generic type is not read"));
    }
    Ok(quote! {
        impl ::goodword_shared::json::Read for #name {
            fn read(reader: &mut ::goodword_shared::json::Reader<'_>) -> Self {
                #value
            }
        }
    })
}
