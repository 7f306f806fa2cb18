#include "proxy/journal/checksum.hpp"

#include "proxy/base/siphash.hpp"

namespace millrace::journal {

namespace {

constexpr siphash_key key{0x6d696c6c72616365U, 0x7265636f72647321U};

}  // namespace

record_checksum& record_checksum::text(std::string_view value) {
    number(static_cast<std::int64_t>(value.size()));
    bytes_ += value;
    return *this;
}

record_checksum& record_checksum::number(std::int64_t value) {
    auto rest = static_cast<std::uint64_t>(value);
    for (std::size_t i = 0; i < sizeof value; ++i, rest >>= 8U) {
        bytes_ += static_cast<char>(rest & 0xffU);
    }
    return *this;
}

std::int64_t record_checksum::value() const {
    auto const sum = static_cast<std::int64_t>(siphash_2_4(key, bytes_));
    return sum == 0 ? 1 : sum;
}

}  // namespace millrace::journal
