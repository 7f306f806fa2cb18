#include "proxy/app/build_identity.hpp"

#include "proxy/app/version.hpp"

#include <fmt/format.h>

#include <cstring>
#include <link.h>
#include <string_view>

namespace millrace::app {

namespace {

std::size_t padded(std::size_t size) {
    return (size + 3) / 4 * 4;
}

/// The build id among the notes of a segment (ELF: name size, description size, type, both padded
/// to four bytes), in hexadecimal; empty when it is not there.
std::string build_id_in(const char* notes, std::size_t size) {
    ElfW(Nhdr) note;
    while (size >= sizeof note) {
        std::memcpy(&note, notes, sizeof note);
        auto const name = sizeof note;
        auto const description = name + padded(note.n_namesz);
        auto const end = description + padded(note.n_descsz);
        if (end > size) {
            break;
        }
        if (note.n_type == NT_GNU_BUILD_ID &&
            std::string_view(notes + name, note.n_namesz) == std::string_view("GNU", 4)) {
            std::string text;
            for (std::size_t i = 0; i < note.n_descsz; ++i) {
                auto const byte = static_cast<unsigned char>(notes[description + i]);
                text += fmt::format("{:02x}", byte);
            }
            return text;
        }
        notes += end;
        size -= end;
    }
    return {};
}

/// Called for each loaded object; the program itself is the first.
int look_at(dl_phdr_info* object, std::size_t /*size*/, void* found) {
    for (int i = 0; i < object->dlpi_phnum; ++i) {
        auto const& segment = object->dlpi_phdr[i];
        if (segment.p_type == PT_NOTE) {
            // NOLINTNEXTLINE(performance-no-int-to-ptr): that is how the loader tells addresses
            auto const* const notes =
                reinterpret_cast<const char*>(object->dlpi_addr + segment.p_vaddr);
            auto id = build_id_in(notes, segment.p_memsz);
            if (!id.empty()) {
                *static_cast<std::string*>(found) = std::move(id);
                break;
            }
        }
    }
    return 1;
}

}  // namespace

std::string build_identity() {
    std::string id;
    dl_iterate_phdr(look_at, &id);
    return fmt::format("{} {}", revision_text, id.empty() ? "unknown" : id);
}

std::string processor_identity() {
#if defined(__x86_64__)
    std::string text = "x86-64";
    text += __builtin_cpu_supports("avx2") != 0 ? " avx2" : "";
    text += __builtin_cpu_supports("fma") != 0 ? " fma" : "";
    text += __builtin_cpu_supports("fma4") != 0 ? " fma4" : "";
    text += __builtin_cpu_supports("avx512f") != 0 ? " avx512f" : "";
    return text;
#else
    return "other";
#endif
}

}  // namespace millrace::app
