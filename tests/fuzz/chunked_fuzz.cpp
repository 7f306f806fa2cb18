// Any bytes as a chunked body, in any split: the same payload, end and error. The first two bytes
// say where it is cut.
#include "proxy/base/assert.hpp"
#include "proxy/http/chunked.hpp"
#include "proxy/http/h1_head_parser.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace {

using millrace::errc;
using millrace::http::chunk_decoder;

struct outcome {
    std::string payload;
    std::size_t consumed = 0;
    bool done = false;
    errc error = errc::ok;
    std::string trailers;

    friend bool operator==(const outcome&, const outcome&) = default;
};

/// Parts of `part_bytes` each, the first one of `first_bytes`.
outcome decode(std::string_view data, std::size_t first_bytes, std::size_t part_bytes) {
    chunk_decoder decoder;
    outcome all;
    auto bytes = first_bytes;
    while (!data.empty() && !all.done && all.error == errc::ok) {
        std::vector<char> part(
            data.begin(), data.begin() + static_cast<std::ptrdiff_t>(std::min(bytes, data.size()))
        );
        auto const step = decoder.decode(part);
        MILLRACE_ASSERT(step.consumed <= part.size());
        MILLRACE_ASSERT(
            step.payload_begin + step.payload_bytes <= step.consumed || step.payload_bytes == 0
        );
        all.payload.append(part.data() + step.payload_begin, step.payload_bytes);
        all.consumed += step.consumed;
        all.done = step.done;
        all.error = step.error;
        data.remove_prefix(part.size());
        bytes = part_bytes;
    }
    all.trailers = decoder.trailer_section();
    return all;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
    if (size < 2) {
        return 0;
    }
    std::string_view const data{reinterpret_cast<const char*>(bytes) + 2, size - 2};
    auto const whole = decode(data, data.size(), data.size());
    MILLRACE_ASSERT(whole == decode(data, 1, 1));
    MILLRACE_ASSERT(whole == decode(data, std::size_t{1} + bytes[0], std::size_t{1} + bytes[1]));
    MILLRACE_ASSERT(whole.payload.size() <= data.size());
    MILLRACE_ASSERT(whole.trailers.size() <= chunk_decoder::trailer_bytes_max + 1);
    if (whole.done && whole.error == errc::ok && !whole.trailers.empty()) {
        std::vector<millrace::field> fields;
        (void)millrace::http::parse_trailers(whole.trailers, fields);
    }
    return 0;
}
