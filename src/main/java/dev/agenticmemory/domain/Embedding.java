package dev.agenticmemory.domain;

import java.util.Arrays;

/// A unit-length vector. Equal when every component is equal; immutable.
///
/// A class and not a record: a record would hand out its array and compare it by identity.
public final class Embedding {

  private final float[] unit;

  private Embedding(float[] unit) {
    this.unit = unit;
  }

  /// How far a kept component may be from the one of exactly length one: a few roundings.
  private static final float UNIT_ERROR_MAX = 1e-4f;

  /// The direction of `values`, scaled to length one.
  public static Embedding of(float... values) {
    double squares = 0;
    for (float value : values) {
      squares += (double) value * value;
    }
    double norm = Math.sqrt(squares);
    // Written so that NaN is refused too.
    if (!(norm > 0) || Double.isInfinite(norm)) {
      throw new IllegalArgumentException("No direction in a vector of length " + norm);
    }
    float[] unit = new float[values.length];
    for (int i = 0; i < values.length; i++) {
      unit[i] = (float) (values[i] / norm);
    }
    return new Embedding(unit);
  }

  /// The components as [#toArray] gave them, to the last bit.
  public static Embedding ofUnit(float... values) {
    Embedding scaled = of(values);
    for (int i = 0; i < values.length; i++) {
      if (Math.abs(scaled.unit[i] - values[i]) > UNIT_ERROR_MAX) {
        throw new IllegalArgumentException("Not of length one: component " + i + " of a vector");
      }
    }
    return new Embedding(values.clone());
  }

  public int dimensions() {
    return unit.length;
  }

  /// Cosine similarity in [-1, 1]; 1 is the same direction.
  public double cosine(Embedding other) {
    if (other.unit.length != unit.length) {
      throw new IllegalArgumentException(
          "Cannot compare %d with %d dimensions".formatted(unit.length, other.unit.length));
    }
    double dot = 0;
    for (int i = 0; i < unit.length; i++) {
      dot += (double) unit[i] * other.unit[i];
    }
    return Math.clamp(dot, -1.0, 1.0);
  }

  /// A copy of the components.
  public float[] toArray() {
    return unit.clone();
  }

  @Override
  public boolean equals(Object o) {
    return o instanceof Embedding that && Arrays.equals(unit, that.unit);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(unit);
  }

  @Override
  public String toString() {
    return "Embedding[" + unit.length + " dimensions]";
  }
}
