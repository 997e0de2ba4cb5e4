#include "exif.h"

#include <stdbool.h>
#include <string.h>

enum { tag_orientation = 0x0112, type_byte = 1, type_short = 3, type_long = 4, entry_size = 12 };

typedef struct {
  const uint8_t *bytes;
  size_t count;
  bool big_endian;
} tiff_block;

// `size` bytes at `offset` as one number; 0 beyond the end, which every caller takes for "nothing there".
static uint32_t number(const tiff_block *block, size_t offset, size_t size) {
  if (offset > block->count || size > block->count - offset) return 0;
  uint32_t value = 0;
  for (size_t i = 0; i < size; i++) {
    value = value << 8 | block->bytes[offset + (block->big_endian ? i : size - 1 - i)];
  }
  return value;
}

int32_t gradcam_exif_orientation(const uint8_t *tiff, size_t count) {
  if (count < 8) return 1;
  tiff_block block = {tiff, count, tiff[0] == 'M'};
  if (memcmp(tiff, "II*\0", 4) != 0 && memcmp(tiff, "MM\0*", 4) != 0) return 1;

  const size_t directory = number(&block, 4, 4);
  const uint32_t entries = number(&block, directory, 2);
  for (uint32_t i = 0; i < entries; i++) {
    const size_t entry = directory + 2 + (size_t)i * entry_size;
    if (entry >= count) return 1;
    if (number(&block, entry, 2) != tag_orientation || number(&block, entry + 4, 4) != 1) continue;
    const uint32_t type = number(&block, entry + 2, 2);
    const size_t size = type == type_short ? 2 : type == type_long ? 4 : type == type_byte ? 1 : 0;
    const uint32_t value = number(&block, entry + 8, size);
    return value >= 1 && value <= 8 ? (int32_t)value : 1;
  }
  return 1;
}
