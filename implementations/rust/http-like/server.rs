//! Echo server for http-like: header lines, a blank line, and a body of Content-Length bytes or in chunks.

use std::env;
use std::io::{self, BufRead, BufReader, Error, ErrorKind, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::thread;

const MAX_HEADERS: usize = 8192;
const MAX_BODY: usize = 65536; // of a chunk too
const MAX_CHUNKS: usize = 1000;

struct Header {
    name: Vec<u8>,
    value: Vec<u8>,
}

enum Body {
    Counted(Vec<u8>),
    Chunked {
        bytes: Vec<u8>,
        trailers: Vec<Header>,
    },
}

struct Message {
    headers: Vec<Header>,
    body: Body,
}

fn malformed(what: &str) -> Error {
    Error::new(ErrorKind::InvalidData, what)
}

/// Reads a line of at most `limit` bytes, and its CRLF, which it leaves out.
fn read_line(reader: &mut impl BufRead, limit: usize) -> io::Result<Vec<u8>> {
    let mut line = Vec::new();
    reader.take(limit as u64 + 2).read_until(b'\n', &mut line)?;
    match line.strip_suffix(b"\r\n") {
        Some(text) => Ok(text.to_vec()),
        None if line.len() < limit + 2 && !line.ends_with(b"\n") => {
            Err(ErrorKind::UnexpectedEof.into())
        }
        None => Err(malformed("no CRLF in time")),
    }
}

fn read_exactly(reader: &mut impl Read, size: usize) -> io::Result<Vec<u8>> {
    let mut bytes = vec![0; size];
    reader.read_exact(&mut bytes)?;
    Ok(bytes)
}

fn is_name_byte(byte: &u8) -> bool {
    byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(byte)
}

fn parse_header(line: &[u8]) -> io::Result<Header> {
    let colon = line
        .iter()
        .position(|&byte| byte == b':')
        .ok_or_else(|| malformed("no colon"))?;
    let (name, value) = (&line[..colon], &line[colon + 1..]);
    if name.is_empty() || !name.iter().all(is_name_byte) {
        return Err(malformed("not a name"));
    }
    if value.iter().any(|byte| b"\r\n\0".contains(byte)) {
        return Err(malformed("not a value"));
    }
    Ok(Header {
        name: name.to_vec(),
        value: trimmed(value).to_vec(),
    })
}

fn trimmed(value: &[u8]) -> &[u8] {
    let is_kept = |byte: &u8| !b" \t".contains(byte);
    match (
        value.iter().position(is_kept),
        value.iter().rposition(is_kept),
    ) {
        (Some(first), Some(last)) => &value[first..=last],
        _ => b"",
    }
}

fn read_headers(reader: &mut impl BufRead) -> io::Result<Vec<Header>> {
    let mut headers = Vec::new();
    let mut left = MAX_HEADERS;
    loop {
        let line = read_line(reader, left)?;
        if line.is_empty() {
            return Ok(headers);
        }
        headers.push(parse_header(&line)?);
        left = left.saturating_sub(line.len() + 2);
    }
}

fn values<'a>(headers: &'a [Header], name: &str) -> Vec<&'a [u8]> {
    let named = headers
        .iter()
        .filter(|header| header.name.eq_ignore_ascii_case(name.as_bytes()));
    named.map(|header| header.value.as_slice()).collect()
}

/// A number of nothing but digits, no larger than a body may be.
fn parse_size(digits: &[u8], radix: u32) -> io::Result<usize> {
    if !digits.iter().all(|&byte| char::from(byte).is_digit(radix)) {
        return Err(malformed("not a number")); // a sign, which from_str_radix() would take
    }
    let text = std::str::from_utf8(digits).map_err(|_| malformed("not a number"))?;
    match usize::from_str_radix(text, radix) {
        Ok(size) if size <= MAX_BODY => Ok(size),
        _ => Err(malformed("not a number, or too large")),
    }
}

/// What Content-Length says, 0 where there is none; it may be said twice, but not two things.
fn body_length(headers: &[Header]) -> io::Result<usize> {
    let mut lengths = values(headers, "Content-Length");
    lengths.dedup();
    match lengths[..] {
        [] => Ok(0),
        [length] => parse_size(length, 10),
        _ => Err(malformed("two lengths")),
    }
}

/// Reads chunks up to the empty one and joins them; the trailers come next.
fn read_chunks(reader: &mut impl BufRead) -> io::Result<Vec<u8>> {
    let mut body = Vec::new();
    for _ in 0..MAX_CHUNKS {
        let size = parse_size(&read_line(reader, 8)?, 16)?;
        if size == 0 {
            return Ok(body);
        }
        body.extend(read_exactly(reader, size)?);
        if read_exactly(reader, 2)? != b"\r\n" {
            return Err(malformed("no CRLF after the chunk"));
        }
    }
    Err(malformed("too many chunks"))
}

fn read_message(reader: &mut impl BufRead) -> io::Result<Message> {
    let headers = read_headers(reader)?;
    let length = body_length(&headers)?;
    let is_counted = !values(&headers, "Content-Length").is_empty();
    let body = match values(&headers, "Transfer-Encoding")[..] {
        [] => Body::Counted(read_exactly(reader, length)?),
        [b"chunked"] if !is_counted => Body::Chunked {
            bytes: read_chunks(reader)?,
            trailers: read_headers(reader)?,
        },
        _ => return Err(malformed("nobody knows where the body ends")),
    };
    Ok(Message { headers, body })
}

fn write_headers(frame: &mut Vec<u8>, headers: &[Header]) {
    for header in headers {
        frame.extend([&header.name, &b": "[..], &header.value, b"\r\n"].concat());
    }
    frame.extend(b"\r\n");
}

fn frame(message: &Message) -> Vec<u8> {
    let mut frame = Vec::new();
    write_headers(&mut frame, &message.headers);
    match &message.body {
        Body::Counted(bytes) => frame.extend(bytes),
        Body::Chunked { bytes, trailers } => {
            for chunk in bytes.chunks(MAX_BODY) {
                frame.extend(format!("{:x}\r\n", chunk.len()).bytes());
                frame.extend(chunk);
                frame.extend(b"\r\n");
            }
            frame.extend(b"0\r\n");
            write_headers(&mut frame, trailers);
        }
    }
    frame
}

/// Echoes messages until the stream ends, the client vanishes or what it sends is malformed: all are errors.
fn serve(mut stream: &TcpStream) -> io::Result<()> {
    stream.set_nodelay(true)?;
    let mut reader = BufReader::new(stream);
    loop {
        let message = read_message(&mut reader)?;
        stream.write_all(&frame(&message))?;
    }
}

fn main() -> io::Result<()> {
    let port = env::args().nth(1).expect("usage: server PORT");
    let listener = TcpListener::bind(format!("127.0.0.1:{port}"))?;
    for stream in listener.incoming().flatten() {
        thread::spawn(move || serve(&stream));
    }
    Ok(())
}
