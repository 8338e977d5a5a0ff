// Reservation: the address space of one linear memory, and the process's bounded list of free ones.
//
//   [ guard | base: accessible bytes | no access up to capacity | guard ]
//
// Reserving, protecting and unmapping costs more than the rest of making a small instance, so a freed reservation is
// reset and kept. [I1] Exactly [base, base + accessible) can be read and written; everything else in the reservation
// faults. [I2] A reservation in the free list holds nothing of its former owner: its accessible pages read as zero, or
// as the image that
//      is mapped there (`image_id` names it; ids are never reused).
// Tested by reservation_test.cc.
#pragma once

#include <cstddef>
#include <cstdint>

#include "base/error.h"

namespace gantry::runtime {

class MemoryImage;

struct Reservation {
  uint8_t* start = nullptr;  // guards included
  uint64_t size = 0;
  uint8_t* base = nullptr;
  uint64_t capacity = 0;    // bytes behind base that may become accessible
  uint64_t accessible = 0;  // whole pages
  uint64_t image_id = 0;    // of the image mapped there, 0 if none
  uint64_t image_end = 0;   // the image's last byte + 1

  uint8_t* end() const { return start + size; }
};

// A reservation for `accessible` bytes, all zero (or as `image` says where it lies), that may grow to `wanted` bytes.
// Where address space is short it gets less room to grow. Error (Host) when `accessible` bytes cannot be had.
Result<Reservation> TakeReservation(uint64_t wanted, uint64_t accessible, const MemoryImage* image);

// Makes more bytes accessible, up to the capacity. False if the host refuses.
bool GrowAccessible(Reservation* reservation, uint64_t accessible);

// Resets and keeps it, or releases it.
void GiveBackReservation(Reservation reservation);

// Releases the free ones. Returns how many there were.
size_t ReleaseFreeReservations();

}  // namespace gantry::runtime
