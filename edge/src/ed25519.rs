//! Ed25519 by the platform's WebCrypto: a few calls instead of a curve in the bundle.

use goodword_shared::encoding::from_base64url;
use js_sys::{Array, Object, Reflect, Uint8Array};
use wasm_bindgen::prelude::wasm_bindgen;
use wasm_bindgen::{JsCast, JsValue};

/// What precedes the seed in a PKCS #8 private key. Source: RFC 8410, section 10.3.
const PKCS8_PREFIX: [u8; 16] = [
    0x30, 0x2e, 0x02, 0x01, 0x00, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x04, 0x22, 0x04, 0x20,
];

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(js_namespace = ["crypto", "subtle"], js_name = importKey, catch)]
    async fn import_key(
        format: &str,
        key: &[u8],
        algorithm: &str,
        extractable: bool,
        usages: &Array,
    ) -> Result<JsValue, JsValue>;

    #[wasm_bindgen(js_namespace = ["crypto", "subtle"], js_name = exportKey, catch)]
    async fn export_key(format: &str, key: &JsValue) -> Result<JsValue, JsValue>;

    #[wasm_bindgen(js_namespace = ["crypto", "subtle"], js_name = sign, catch)]
    async fn sign_bytes(algorithm: &str, key: &JsValue, message: &[u8])
    -> Result<JsValue, JsValue>;
}

/// The signature of a message, 64 bytes.
pub(crate) async fn sign(seed: &[u8; 32], message: &[u8]) -> Result<Vec<u8>, JsValue> {
    let key = private_key(seed).await?;
    let signature = sign_bytes("Ed25519", &key, message).await?;
    Ok(Uint8Array::new(&signature).to_vec())
}

/// The public key of a seed, 32 bytes.
pub(crate) async fn public_key(seed: &[u8; 32]) -> Result<Vec<u8>, JsValue> {
    let key = private_key(seed).await?;
    let jwk: Object = export_key("jwk", &key).await?.unchecked_into();
    let x = Reflect::get(&jwk, &JsValue::from_str("x"))?;
    let x = x.as_string().unwrap_or_default();
    from_base64url(&x).ok_or_else(|| JsValue::from_str("the exported key has no x"))
}

async fn private_key(seed: &[u8; 32]) -> Result<JsValue, JsValue> {
    let key = [&PKCS8_PREFIX[..], &seed[..]].concat();
    let usages = Array::of1(&JsValue::from_str("sign"));
    import_key("pkcs8", &key, "Ed25519", true, &usages).await
}
