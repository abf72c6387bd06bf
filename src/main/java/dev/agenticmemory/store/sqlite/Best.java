package dev.agenticmemory.store.sqlite;

/// Keeps the numbers with the highest values out of many; equal values in favour of what came
/// first.
final class Best {

  private final int[] numbers;
  private final float[] values;
  private int size;

  Best(int limit) {
    numbers = new int[limit];
    values = new float[limit];
  }

  /// A heap with the lowest of the kept values on top.
  void offer(int number, float value) {
    if (size < numbers.length) {
      up(size++, number, value);
    } else if (value > values[0]) {
      down(number, value);
    }
  }

  int size() {
    return size;
  }

  /// The kept numbers, in no particular order.
  int number(int i) {
    return numbers[i];
  }

  private void up(int at, int number, float value) {
    int child = at;
    while (child > 0) {
      int parent = (child - 1) / 2;
      if (values[parent] <= value) {
        break;
      }
      set(child, numbers[parent], values[parent]);
      child = parent;
    }
    set(child, number, value);
  }

  private void down(int number, float value) {
    int parent = 0;
    while (true) {
      int child = 2 * parent + 1;
      if (child >= size) {
        break;
      }
      if (child + 1 < size && values[child + 1] < values[child]) {
        child++;
      }
      if (values[child] >= value) {
        break;
      }
      set(parent, numbers[child], values[child]);
      parent = child;
    }
    set(parent, number, value);
  }

  private void set(int at, int number, float value) {
    numbers[at] = number;
    values[at] = value;
  }
}
