"""Matrix to images: the matrix model, bases, wheelhouse, build context and the engine seam."""
