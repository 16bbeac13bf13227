async function askAll(socket, requests, handle) {
  for (const request of requests) {
    // The replies fill the connection while nobody reads them.
    if (!socket.write(request)) await once(socket, "drain");
  }
  serve(socket, handle);
}
