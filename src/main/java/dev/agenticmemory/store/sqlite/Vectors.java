package dev.agenticmemory.store.sqlite;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// Unit vectors in the order in which they were added: in whole numbers of 16 bits, of which a JVM
/// multiplies many at once, and with a sketch of each: one bit a component, its sign. Sketches are
/// compared some ten times as fast, so a scan of many vectors compares sketches first, and then
/// exactly what looked near.
final class Vectors {

  /// What 1 is. The sum of the products of two unit vectors stays below its square, which is an
  /// `int`.
  private static final int ONE = Short.MAX_VALUE;

  /// Bits of a component of the vector that sketches are compared with; the last is for minus.
  private static final int PLANES = 4;

  private static final int COMPONENT_MAX = (1 << (PLANES - 1)) - 1;

  private static final int CHUNK = 1024;

  /// Room in the first chunk at the beginning. [#CHUNK] is this, doubled some times.
  private static final int FIRST = 16;

  private final int dimensions;
  private final int words;
  private final List<short[]> chunks = new ArrayList<>();
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
        chunks.add(new short[(size == 0 ? FIRST : CHUNK) * dimensions]);
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
    FloatBuffer values = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer();
    short[] chunk = chunks.getLast();
    int offset = size % CHUNK * dimensions;
    for (int i = 0; i < dimensions; i++) {
      float value = values.get(i);
      chunk[offset + i] = whole(value);
      if (value > 0) {
        set(sketches, size * words, i);
      }
    }
    size++;
  }

  private static short whole(float value) {
    return (short) Math.clamp(Math.round(value * ONE), -ONE, ONE);
  }

  private static void set(long[] bits, int from, int i) {
    bits[from + i / Long.SIZE] |= 1L << (i % Long.SIZE);
  }

  /// A unit vector that these are compared with.
  Asked asked(float[] unit) {
    return new Asked(unit);
  }

  /// One vector to compare all with.
  final class Asked {

    private final int[] values = new int[dimensions];

    /// Its components in few bits, bit by bit: first the lowest bit of all of them.
    private final long[] planes = new long[PLANES * words];

    private final int nearest;
    private final int furthest;

    private Asked(float[] unit) {
      float largest = 0;
      for (float value : unit) {
        largest = Math.max(largest, Math.abs(value));
      }
      int above = 0;
      int below = 0;
      for (int i = 0; i < dimensions; i++) {
        values[i] = whole(unit[i]);
        int few = largest == 0 ? 0 : Math.round(unit[i] / largest * COMPONENT_MAX);
        for (int plane = 0; plane < PLANES; plane++) {
          if (((few >> plane) & 1) == 1) {
            set(planes, plane * words, i);
          }
        }
        above += Math.max(few, 0);
        below += Math.min(few, 0);
      }
      nearest = above;
      furthest = above - below;
    }

    /// The cosine with vector number `i`.
    float cosine(int i) {
      short[] chunk = chunks.get(i / CHUNK);
      int offset = i % CHUNK * dimensions;
      int sum = 0;
      for (int j = 0; j < values.length; j++) {
        sum += values[j] * chunk[offset + j];
      }
      return (float) sum / (ONE * ONE);
    }

    /// How far vector number `i` is by its sketch: from 0 to [#furthest()].
    int distance(int i) {
      int offset = i * words;
      int near = 0;
      for (int w = 0; w < words; w++) {
        long sketch = sketches[offset + w];
        near +=
            Long.bitCount(sketch & planes[w])
                + 2 * Long.bitCount(sketch & planes[words + w])
                + 4 * Long.bitCount(sketch & planes[2 * words + w])
                - 8 * Long.bitCount(sketch & planes[3 * words + w]);
      }
      return nearest - near;
    }

    int furthest() {
      return furthest;
    }
  }
}
