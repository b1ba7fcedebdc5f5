//! The way from the client: its end is told to the loop, and addresses that are not quite addresses are made so.

use std::io;
use std::pin::Pin;
use std::sync::mpsc::Sender;
use std::task::{Context, Poll};

use serde_json::Value;
use tokio::io::{AsyncRead, ReadBuf};
use tower_service::Service;

use super::event::Event;
use super::lsp::Request;

/// Tells the loop when the client's stream ends, so that nobody waits for an answer that nobody will read.
pub struct Inbox<R> {
    /// The stream.
    pub stream: R,
    /// To the loop.
    pub events: Sender<Event>,
}

impl<R: AsyncRead + Unpin> AsyncRead for Inbox<R> {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, into: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let before = into.remaining();
        let read = Pin::new(&mut self.stream).poll_read(cx, into);
        if before > 0 && matches!(&read, Poll::Ready(outcome) if outcome.is_err() || into.remaining() == before) {
            let _ = self.events.send(Event::Gone);
        }
        read
    }
}

/// Percent-encodes what editors leave bare in addresses (`app/[id]/route.ts` in Helix and Zed) and the types' parser refuses: the
/// message would be lost.
#[derive(Clone)]
pub struct Lenient<S>(pub S);

impl<S: Service<Request>> Service<Request> for Lenient<S> {
    type Response = S::Response;
    type Error = S::Error;
    type Future = S::Future;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.0.poll_ready(cx)
    }

    fn call(&mut self, request: Request) -> S::Future {
        let (method, id, params) = request.into_parts();
        let mut patched = Request::build(method);
        if let Some(mut params) = params {
            encode_addresses(&mut params);
            patched = patched.params(params);
        }
        if let Some(id) = id {
            patched = patched.id(id);
        }
        self.0.call(patched.finish())
    }
}

fn encode_addresses(value: &mut Value) {
    match value {
        Value::Object(members) => {
            for (key, member) in members {
                match member {
                    Value::String(text) if key == "uri" || key == "rootUri" => encode(text),
                    Value::Object(_) | Value::Array(_) => encode_addresses(member),
                    _ => {}
                }
            }
        }
        Value::Array(items) => items.iter_mut().for_each(encode_addresses),
        _ => {}
    }
}

fn encode(uri: &mut String) {
    let bare = |it: char| matches!(it, '[' | ']' | '{' | '}' | '|' | '^' | '`' | '"' | '<' | '>' | '\\' | ' ') || !it.is_ascii();
    if !uri.contains(bare) {
        return;
    }
    let mut encoded = String::with_capacity(uri.len() + 16);
    let mut bytes = [0; 4];
    for character in uri.chars() {
        if bare(character) {
            encoded.extend(character.encode_utf8(&mut bytes).bytes().map(|byte| format!("%{byte:02X}")));
        } else {
            encoded.push(character);
        }
    }
    *uri = encoded;
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn bare_characters_of_an_address_are_encoded_and_texts_are_not() {
        let mut params =
            json!({"textDocument": {"uri": "file:///a/[id]/ü b.ts", "text": "[x] ü"}, "items": [{"uri": "file:///%5B"}]});
        encode_addresses(&mut params);
        let uri = "file:///a/%5Bid%5D/%C3%BC%20b.ts";
        assert_eq!(params, json!({"textDocument": {"uri": uri, "text": "[x] ü"}, "items": [{"uri": "file:///%5B"}]}));
    }
}
