// What OpenBLAS's LAPACK takes of the Fortran compiler's runtime: joining two texts, where a routine looks up block sizes by name.
// Scripts/package links this in place of libgfortran, and of libquadmath behind it, whose licences ask more of a static binary than ours.
// Where another build of OpenBLAS takes more, the linker names it.
#include <stddef.h>
#include <string.h>

// `a // b` assigned to a text of `length` characters: cut off at its end, or filled up with blanks. Lengths are gfortran's from version 8 on.
void _gfortran_concat_string(size_t length, char *text, size_t a_length, const char *a, size_t b_length, const char *b) {
  size_t first = a_length < length ? a_length : length;
  size_t second = b_length < length - first ? b_length : length - first;
  memmove(text, a, first);
  memmove(text + first, b, second);
  memset(text + first + second, ' ', length - first - second);
}
