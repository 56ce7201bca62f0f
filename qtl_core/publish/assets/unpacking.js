// What comes along as text: files packed by gzip, in base64. A page opened from disk may not fetch its own files, so they
// come as scripts.

const FILES = { model: "model.js", reference: "run.js", binary: "engine.js", factory: "engine.js" }; // that parts are in

async function unpacked(name) {
  try {
    const packed = new Blob([bytesOf(PARTS[name])]);
    delete PARTS[name]; // as text it takes as much memory again
    return new Uint8Array(await new Response(packed.stream().pipeThrough(new DecompressionStream("gzip"))).arrayBuffer());
  } catch (error) {
    if (error instanceof RangeError) throw error; // of memory; else its size or checksum is wrong
    throw Object.assign(new Error(`${name} is damaged`, { cause: error }), { damaged: FILES[name] });
  }
}

function bytesOf(text) {
  return Uint8Array.fromBase64?.(text) ?? Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
}
