/* Debian's luaconf.h asks for it: where modules in C would be. */
#define DEB_HOST_MULTIARCH "wasm32-wasi"
