//! Client for netstrings: a decimal length, a colon, that many bytes, a comma. What it says comes back.
//!
//! Broken on purpose: what one read gives is taken for the whole answer.

use std::env;
use std::io::{self, ErrorKind, Read, Write};
use std::net::TcpStream;

const MESSAGES: [&str; 3] = ["hello", "", "naïve €"];
const MAX_FRAME: usize = 5 + 1 + 65536 + 1;

fn receive_message(mut stream: impl Read) -> io::Result<Vec<u8>> {
    let mut frame = vec![0; MAX_FRAME];
    let size = stream.read(&mut frame)?; // BUG: it may be a part of the answer
    if size == 0 {
        return Err(ErrorKind::UnexpectedEof.into());
    }
    let text = frame[..size].split(|&byte| byte == b':').nth(1);
    Ok(text
        .unwrap_or_default()
        .strip_suffix(b",")
        .unwrap_or_default()
        .to_vec())
}

fn send_message(mut stream: impl Write, message: &[u8]) -> io::Result<()> {
    let mut frame = format!("{}:", message.len()).into_bytes();
    frame.extend(message);
    frame.push(b',');
    stream.write_all(&frame)
}

/// Sends each message, and waits for it to come back before the next.
fn ask(stream: &TcpStream) -> io::Result<()> {
    for message in MESSAGES {
        send_message(stream, message.as_bytes())?;
        println!("{}", String::from_utf8_lossy(&receive_message(stream)?));
    }
    Ok(())
}

fn main() -> io::Result<()> {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let [host, port] = arguments.as_slice() else {
        panic!("usage: client HOST PORT");
    };
    let port = port.parse().expect("PORT is a number");
    ask(&TcpStream::connect((host.as_str(), port))?)
}
