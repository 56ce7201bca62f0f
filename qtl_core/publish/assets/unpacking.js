// What comes along as text: files packed by gzip, in base64. A page opened from disk may not fetch its own files, so they
// come as scripts.

async function unpacked(name) {
  const packed = new Blob([bytesOf(PARTS[name])]);
  delete PARTS[name]; // as text it takes as much memory again
  return new Uint8Array(await new Response(packed.stream().pipeThrough(new DecompressionStream("gzip"))).arrayBuffer());
}

function bytesOf(text) {
  return Uint8Array.fromBase64?.(text) ?? Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
}
