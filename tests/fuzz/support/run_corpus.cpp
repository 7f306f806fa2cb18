// Stands in for libFuzzer where it is not built in: runs a fuzz target on every file of the folders
// that are given, and on every prefix of the small ones.
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <vector>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size);

namespace {

constexpr std::size_t prefixes_max = 512;

using input = std::vector<std::uint8_t>;

input read(const std::filesystem::path& file) {
    std::ifstream in{file, std::ios::binary};
    return {std::istreambuf_iterator<char>{in}, std::istreambuf_iterator<char>{}};
}

void run(const input& of) {
    (void)LLVMFuzzerTestOneInput(of.data(), of.size());
    for (std::size_t bytes = 0; of.size() <= prefixes_max && bytes < of.size(); ++bytes) {
        // Of its own size, so that a read past the end is seen.
        input const prefix{of.begin(), of.begin() + static_cast<std::ptrdiff_t>(bytes)};
        (void)LLVMFuzzerTestOneInput(prefix.data(), prefix.size());
    }
}

}  // namespace

int main(int count, char** arguments) {
    int files = 0;
    for (int i = 1; i < count; ++i) {
        for (auto const& entry : std::filesystem::directory_iterator{arguments[i]}) {
            std::printf("%s\n", entry.path().c_str());
            run(read(entry.path()));
            ++files;
        }
    }
    std::printf("%d files\n", files);
    return files == 0 ? 1 : 0;
}
