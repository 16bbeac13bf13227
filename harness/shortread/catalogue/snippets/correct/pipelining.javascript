async function askAll(socket, requests, handle) {
  serve(socket, handle); // reads the replies, from the first request on
  for (const request of requests) {
    if (!socket.write(request)) await once(socket, "drain");
  }
}
