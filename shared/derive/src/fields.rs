//! An object with the fields of a struct.

use proc_macro2::TokenStream as Code;
use quote::quote;
use syn::{Error, Fields, Result};

use crate::attributes::{OfPart, OfType};

/// Reads `#constructor { ... }`, each field where it stands.
pub(crate) fn object(constructor: &Code, fields: &Fields, of_type: &OfType) -> Result<Code> {
    let mut names = Vec::new();
    let mut values = Vec::new();
    for field in fields {
        let Some(ident) = &field.ident else {
            return Err(Error::new_spanned(
                field,
                "fields without names are not read",
            ));
        };
        let part = OfPart::of(&field.attrs)?;
        if part.is_skipped {
            values.push(quote! { #ident: Default::default() });
            continue;
        }
        names.push(part.written(ident.to_string()));
        let default = match part.default {
            None if of_type.has_default => Some(quote!(usual.#ident)),
            default => default,
        };
        values.push(match default {
            _ if part.is_present => quote! { #ident: reader.present(&mut fields) },
            None => quote! { #ident: reader.field(&mut fields) },
            Some(default) => quote! { #ident: reader.field_or(&mut fields, #default) },
        });
    }
    let usual = of_type
        .has_default
        .then(|| quote! { let usual = <#constructor as Default>::default(); });
    let is_open = of_type.is_open;
    Ok(quote! {{
        #usual
        let mut fields = reader.object(&[#(#names),*], #is_open);
        let value = #constructor { #(#values),* };
        reader.leave(&fields);
        value
    }})
}
