//! An HTTP client for the demonstration and the tests: one request, one connection.

use std::io::{self, Read, Write};
use std::net::{SocketAddr, TcpStream};

use serde_json::Value;

/// A response.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Value,
}

impl Answer {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(held, _)| held == name).map(|(_, value)| value.as_str())
    }
}

/// Sends a request and reads the answer to its end.
pub(crate) fn send(
    to: SocketAddr,
    method: &str,
    path: &str,
    headers: &[(&str, &str)],
    body: &str,
) -> io::Result<Answer> {
    let mut connection = TcpStream::connect(to)?;
    let mut request = format!("{method} {path} HTTP/1.1\r\nhost: {to}\r\nconnection: close\r\n");
    for (name, value) in headers {
        request += &format!("{name}: {value}\r\n");
    }
    request += &format!("content-length: {}\r\n\r\n{body}", body.len());
    exchange(&mut connection, request.as_bytes())
}

/// Sends these bytes and reads the answer to its end.
pub(crate) fn exchange(connection: &mut TcpStream, request: &[u8]) -> io::Result<Answer> {
    // A server that refuses a large body closes the connection before it has read all: the response can still be read.
    let sent = connection.write_all(request);
    let mut answer = Vec::new();
    let read = connection.read_to_end(&mut answer);
    let answer = String::from_utf8_lossy(&answer);
    let Some(parsed) = parse(&answer) else {
        sent.and(read)?;
        return Err(io::Error::new(io::ErrorKind::InvalidData, format!("malformed response: {answer}")));
    };
    Ok(parsed)
}

fn parse(answer: &str) -> Option<Answer> {
    let (head, body) = answer.split_once("\r\n\r\n")?;
    let mut lines = head.lines();
    let status = lines.next()?.split(' ').nth(1)?.parse().ok()?;
    let headers = lines.filter_map(|line| line.split_once(": "));
    let headers = headers.map(|(name, value)| (name.to_ascii_lowercase(), value.to_owned())).collect();
    Some(Answer { status, headers, body: serde_json::from_str(body).ok()? })
}
