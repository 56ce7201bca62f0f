// The address of one of the server's routes, below whatever path the app is served at (`base`, without slashes); pages
// have one name, as /data.
function routeAddress(path, base = "") {
  const here = window.location.pathname;
  const root = base && here.endsWith(`/${base}`) ? `${here}/` : here.replace(/[^/]*$/, "");
  return window.location.origin + root + path;
}
