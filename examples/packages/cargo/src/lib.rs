//! Says hello.

/// Says where it comes from; with the feature `loud`, in capitals.
pub fn greeting() -> String {
    let text = format!("Hello from {}", env!("CARGO_PKG_VERSION"));
    if cfg!(feature = "loud") {
        text.to_uppercase()
    } else {
        text
    }
}
