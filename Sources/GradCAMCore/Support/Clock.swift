import Glibc

/// Seconds on a clock that only runs forwards.
func secondsNow() -> Double {
  var time = timespec()
  clock_gettime(CLOCK_MONOTONIC, &time)
  return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
}

/// The same in milliseconds.
package func millisecondsNow() -> Double { secondsNow() * 1000 }
