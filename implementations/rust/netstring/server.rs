//! Echo server for netstrings: a decimal length, a colon, that many bytes, a comma, as in `5:hello,`.

use std::env;
use std::io::{self, BufRead, BufReader, Error, ErrorKind, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::thread;

const MAX_LENGTH: usize = 65536;

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
            return Err(Error::new(ErrorKind::InvalidData, "not a length"));
        }
        length = 10 * length + usize::from(byte - b'0');
        if length > MAX_LENGTH {
            return Err(Error::new(
                ErrorKind::InvalidData,
                "the message is too long",
            ));
        }
    }
    Ok(length)
}

/// The next message; `UnexpectedEof` if the stream ends before, `InvalidData` if it is malformed.
fn receive_message(mut reader: impl BufRead) -> io::Result<Vec<u8>> {
    let mut message = vec![0; receive_length(&mut reader)?];
    reader.read_exact(&mut message)?;
    if read_byte(&mut reader)? != b',' {
        return Err(Error::new(
            ErrorKind::InvalidData,
            "no comma after the message",
        ));
    }
    Ok(message)
}

fn send_message(mut stream: impl Write, message: &[u8]) -> io::Result<()> {
    let mut frame = format!("{}:", message.len()).into_bytes();
    frame.extend(message);
    frame.push(b',');
    stream.write_all(&frame)
}

/// Echoes messages until the stream ends, the client vanishes or what it sends is malformed: all are errors.
fn serve(stream: &TcpStream) -> io::Result<()> {
    stream.set_nodelay(true)?;
    let mut reader = BufReader::new(stream);
    loop {
        send_message(stream, &receive_message(&mut reader)?)?;
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
