// The paged cache of keys and values in bf16. A page holds 32 tokens: [layer][head of keys][keys, then values][token][dimension].
#pragma once

#define GL_PAGE 32

#define GL_LOG2E 1.44269504f
/// Below any score, and not so low that differences are no numbers.
#define GL_NOTHING (-1e30f)

/// Where a row of a step belongs.
struct gl_row {
  gl_u32 sequence, position;
};

/// The cache as a layer sees it: pages of all sequences, `most` of each, and the bytes of a page.
struct gl_pages {
  const char* start;
  const gl_u32* table;
  gl_u64 page_bytes;
  gl_u32 most;

  /// Keys of one head in the page that holds a position; values begin GL_PAGE tokens further.
  GL_DEV_MEMBER gl_u16* keys(gl_u32 sequence, gl_u32 position, gl_u32 head_of_all, gl_u32 size) const {
    const gl_u64 page = table[(gl_u64)sequence * most + position / GL_PAGE];
    return (gl_u16*)(start + page * page_bytes) + (gl_u64)head_of_all * 2 * GL_PAGE * size;
  }
};
