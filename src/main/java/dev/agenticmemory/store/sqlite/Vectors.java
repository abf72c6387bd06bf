package dev.agenticmemory.store.sqlite;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// Unit vectors in the order in which they were added, with a sketch of each: one bit a component,
/// its sign. Sketches are compared at some fifty times the speed of vectors, so a scan of many
/// vectors compares sketches first, and then exactly what looked near.
final class Vectors {

  private static final int CHUNK = 1024;

  /// Room in the first chunk at the beginning. [#CHUNK] is this, doubled some times.
  private static final int FIRST = 16;

  private final int dimensions;
  private final int words;
  private final List<float[]> chunks = new ArrayList<>();
  private long[] sketches = new long[0];
  private int size;

  Vectors(int dimensions) {
    this.dimensions = dimensions;
    this.words = (dimensions + Long.SIZE - 1) / Long.SIZE;
  }

  int size() {
    return size;
  }

  /// For how many vectors there is room: what this costs in memory.
  int capacity() {
    return chunks.isEmpty()
        ? 0
        : (chunks.size() - 1) * CHUNK + chunks.getLast().length / dimensions;
  }

  /// The first chunk grows, so that many small indexes cost little; later ones are made whole.
  private void makeRoom() {
    if (size == capacity()) {
      if (size > 0 && size < CHUNK) {
        chunks.set(0, Arrays.copyOf(chunks.getFirst(), size * 2 * dimensions));
      } else {
        chunks.add(new float[(size == 0 ? FIRST : CHUNK) * dimensions]);
      }
    }
    if ((size + 1) * words > sketches.length) {
      sketches = Arrays.copyOf(sketches, Math.max(FIRST * words, sketches.length * 5 / 4 + words));
    }
  }

  /// Adds the vector whose bytes these are, float32 little endian.
  void add(byte[] bytes) {
    if (bytes.length != dimensions * Float.BYTES) {
      throw new IllegalArgumentException(
          "A vector of %d bytes in a store of %d dimensions".formatted(bytes.length, dimensions));
    }
    makeRoom();
    float[] chunk = chunks.getLast();
    int offset = size % CHUNK * dimensions;
    Rows.vector(bytes, chunk, offset);
    sketch(chunk, offset, sketches, size * words);
    size++;
  }

  /// The cosine of `query`, a unit vector, with vector number `i`.
  float cosine(float[] query, int i) {
    float[] chunk = chunks.get(i / CHUNK);
    int offset = i % CHUNK * dimensions;
    // Eight sums, so that one addition need not wait for the one before.
    float a = 0, b = 0, c = 0, d = 0, e = 0, f = 0, g = 0, h = 0;
    int j = 0;
    for (; j + 7 < dimensions; j += 8) {
      a += query[j] * chunk[offset + j];
      b += query[j + 1] * chunk[offset + j + 1];
      c += query[j + 2] * chunk[offset + j + 2];
      d += query[j + 3] * chunk[offset + j + 3];
      e += query[j + 4] * chunk[offset + j + 4];
      f += query[j + 5] * chunk[offset + j + 5];
      g += query[j + 6] * chunk[offset + j + 6];
      h += query[j + 7] * chunk[offset + j + 7];
    }
    float sum = a + b + c + d + e + f + g + h;
    for (; j < dimensions; j++) {
      sum += query[j] * chunk[offset + j];
    }
    return sum;
  }

  long[] sketch(float[] vector) {
    long[] sketch = new long[words];
    sketch(vector, 0, sketch, 0);
    return sketch;
  }

  /// In how many components the signs of vector number `i` and of the sketched one differ.
  int distance(long[] sketch, int i) {
    int offset = i * words;
    int distance = 0;
    for (int w = 0; w < words; w++) {
      distance += Long.bitCount(sketch[w] ^ sketches[offset + w]);
    }
    return distance;
  }

  private void sketch(float[] vector, int from, long[] target, int to) {
    for (int i = 0; i < dimensions; i++) {
      if (vector[from + i] > 0) {
        target[to + i / Long.SIZE] |= 1L << (i % Long.SIZE);
      }
    }
  }
}
