// Language models: a module of its own, since compiling it takes the driver longer than all the rest.
#include "../Llm/decode.cu"
#include "../Llm/layers.cu"
#include "../Llm/place.cu"
#include "../Llm/prefill.cu"
#include "../Llm/products.cu"
#include "../Llm/tiles.cu"
