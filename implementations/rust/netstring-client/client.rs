//! Client for netstrings: a decimal length, a colon, that many bytes, a comma. What it says comes back.

use std::env;
use std::io::{self, BufRead, BufReader, Error, ErrorKind, Read, Write};
use std::net::TcpStream;

const MESSAGES: [&str; 3] = ["hello", "", "naïve €"];
const MAX_LENGTH: usize = 65536;

fn malformed(problem: &str) -> Error {
    Error::new(ErrorKind::InvalidData, problem)
}

fn read_byte(mut reader: impl Read) -> io::Result<u8> {
    let mut byte = [0];
    reader.read_exact(&mut byte)?;
    Ok(byte[0])
}

/// Reads a length and its colon.
fn receive_length(mut reader: impl Read) -> io::Result<usize> {
    let mut length = 0;
    for digits in 0.. {
        let byte = read_byte(&mut reader)?;
        if byte == b':' && digits > 0 {
            break;
        }
        let is_leading_zero = digits > 0 && length == 0;
        if !byte.is_ascii_digit() || is_leading_zero {
            return Err(malformed("not a length"));
        }
        length = 10 * length + usize::from(byte - b'0');
        if length > MAX_LENGTH {
            return Err(malformed("the message is too long"));
        }
    }
    Ok(length)
}

/// The next message; `UnexpectedEof` if the stream ends before, `InvalidData` if it is malformed.
fn receive_message(mut reader: impl BufRead) -> io::Result<Vec<u8>> {
    let mut message = vec![0; receive_length(&mut reader)?];
    reader.read_exact(&mut message)?;
    if read_byte(&mut reader)? != b',' {
        return Err(malformed("no comma after the message"));
    }
    Ok(message)
}

fn send_message(mut stream: impl Write, message: &[u8]) -> io::Result<()> {
    let mut frame = format!("{}:", message.len()).into_bytes();
    frame.extend(message);
    frame.push(b',');
    stream.write_all(&frame)
}

/// Sends each message, and waits for it to come back before the next.
fn ask(stream: &TcpStream) -> io::Result<()> {
    let mut reader = BufReader::new(stream); // one for all answers: it may hold a part of the next
    for message in MESSAGES {
        send_message(stream, message.as_bytes())?;
        println!(
            "{}",
            String::from_utf8_lossy(&receive_message(&mut reader)?)
        );
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
