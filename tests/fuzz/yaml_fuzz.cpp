// Any text as a configuration: loaded or refused with errors that can be shown, never a fault.
#include "proxy/base/assert.hpp"
#include "proxy/config/loader.hpp"

#include <cstddef>
#include <cstdint>
#include <string_view>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
    std::string_view const text{reinterpret_cast<const char*>(bytes), size};
    auto const loaded = millrace::config::load_text(text, "fuzz.yaml");
    if (!loaded) {
        MILLRACE_ASSERT(!millrace::config::to_text(loaded.error()).empty());
    }
    return 0;
}
