#pragma once

#include <algorithm>
#include <cstddef>
#include <memory>
#include <string_view>
#include <vector>

namespace millrace::server {

/// Memory for the values that a head gets beside those it came with: bump allocation, all freed at
/// once. Worker-local; what it gave out is valid until clear().
class arena {
 public:
    [[nodiscard]] char* allocate(std::size_t bytes) {
        if (used_ + bytes <= block_bytes) {
            auto* const at = block_.get() + used_;
            used_ += bytes;
            return at;
        }
        large_.push_back(std::make_unique_for_overwrite<char[]>(bytes));
        return large_.back().get();
    }

    [[nodiscard]] std::string_view copy(std::string_view text) {
        auto* const at = allocate(text.size());
        return {at, std::copy(text.begin(), text.end(), at)};
    }

    void clear() noexcept {
        used_ = 0;
        if (!large_.empty()) {
            large_.clear();
        }
    }

 private:
    static constexpr std::size_t block_bytes = 16 * 1024;

    std::unique_ptr<char[]> block_ = std::make_unique_for_overwrite<char[]>(block_bytes);
    std::size_t used_ = 0;
    std::vector<std::unique_ptr<char[]>> large_;
};

}  // namespace millrace::server
