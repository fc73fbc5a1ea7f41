//! One variant of an enum.

use proc_macro2::TokenStream as Code;
use quote::quote;
use syn::{DataEnum, Error, Fields, Result, Variant};

use crate::attributes::{OfPart, OfType};
use crate::fields::object;

/// Reads a variant's name, or an object with its name and what it holds. The first one stands in after an error.
pub(crate) fn one_of(data: &DataEnum, of_type: &OfType) -> Result<Code> {
    let mut names = Vec::new();
    for variant in &data.variants {
        let part = OfPart::of(&variant.attrs)?;
        names.push(part.written(of_type.written(&variant.ident.to_string())));
    }
    let are_words = data
        .variants
        .iter()
        .all(|variant| variant.fields.is_empty());
    let mut arms = Vec::new();
    for (index, variant) in data.variants.iter().enumerate().skip(1) {
        let value = value(variant, are_words)?;
        arms.push(quote! { #index => #value });
    }
    let first = match data.variants.first() {
        Some(variant) => value(variant, are_words)?,
        None => {
            return Err(Error::new_spanned(
                data.enum_token,
                "there is nothing to read",
            ));
        }
    };
    if are_words {
        return Ok(quote! {
            match reader.word(&[#(#names),*]) { #(#arms,)* _ => #first }
        });
    }
    Ok(quote! {{
        let variant = reader.variant(&[#(#names),*]);
        let value = match variant.index { #(#arms,)* _ => #first };
        reader.leave_variant(&variant);
        value
    }})
}

fn value(variant: &Variant, is_word: bool) -> Result<Code> {
    let ident = &variant.ident;
    match &variant.fields {
        Fields::Unit if is_word => Ok(quote! { Self::#ident }),
        Fields::Unit => Ok(quote! {{ reader.holds_nothing(&variant); Self::#ident }}),
        Fields::Unnamed(fields) if fields.unnamed.len() == 1 => Ok(quote! {{
            reader.holds_value(&variant);
            Self::#ident(::goodword_shared::json::Read::read(reader))
        }}),
        fields => {
            // No enum that is read says whether it knows all fields.
            let value = object(&quote!(Self::#ident), fields, &OfType::open())?;
            Ok(quote! {{ reader.holds_value(&variant); #value }})
        }
    }
}
