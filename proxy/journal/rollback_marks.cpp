#include "proxy/journal/rollback_marks.hpp"

#include "proxy/journal/data_directory.hpp"

#include <fmt/format.h>

#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <fcntl.h>
#include <system_error>
#include <unistd.h>
#include <utility>

namespace millrace::journal {

namespace {

constexpr off_t file_bytes = rollback_marks::slots * mark_slot_bytes;

std::string text_of(int error) {
    return std::generic_category().message(error);
}

std::string path_in(const std::string& directory) {
    return directory + "/rollback.marks";
}

off_t place_of(std::size_t slot) {
    return static_cast<off_t>(slot * mark_slot_bytes);
}

/// A descriptor that is closed at the end of its block unless it is taken.
struct descriptor {
    int value = -1;

    explicit descriptor(int opened) : value{opened} {}

    descriptor(const descriptor&) = delete;
    descriptor& operator=(const descriptor&) = delete;

    ~descriptor() {
        if (value >= 0) {
            ::close(value);
        }
    }

    int take() { return std::exchange(value, -1); }
};

/// In one write, so that a mark is there or not. An error text, or empty.
std::string write_slot(int file, std::size_t slot, const mark_slot& bytes) {
    ssize_t written = 0;
    do {
        written = ::pwrite(file, bytes.data(), bytes.size(), place_of(slot));
    } while (written < 0 && errno == EINTR);
    if (written < 0) {
        return text_of(errno);
    }
    return written == mark_slot_bytes ? std::string{} : "the disk took only a part of it";
}

/// All slots; what the file lacks is zero. An error text in `error`, or empty.
std::vector<mark_slot> read_slots(int file, std::string& error) {
    std::vector<mark_slot> read(rollback_marks::slots);
    for (std::size_t i = 0; i < read.size(); ++i) {
        if (::pread(file, read[i].data(), mark_slot_bytes, place_of(i)) < 0) {
            error = text_of(errno);
            return {};
        }
    }
    return read;
}

/// Makes the whole file beside its place and moves it there, so that it is never met half made.
/// An error text, or empty.
std::string make_file(const std::string& directory, const std::vector<mark_slot>& slots) {
    auto const path = path_in(directory);
    auto const beside = path + ".new";
    descriptor const file{
        ::open(beside.c_str(), O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, S_IRUSR | S_IWUSR)};
    if (file.value < 0) {
        return text_of(errno);
    }
    if (int const error = ::posix_fallocate(file.value, 0, file_bytes); error != 0) {
        return text_of(error);
    }
    // Written too: what is only allocated would be marked as written by the first mark.
    for (std::size_t i = 0; i < slots.size(); ++i) {
        if (auto error = write_slot(file.value, i, slots[i]); !error.empty()) {
            return error;
        }
    }
    if (::fsync(file.value) != 0 || ::rename(beside.c_str(), path.c_str()) != 0) {
        return text_of(errno);
    }
    return sync_directory(directory);
}

/// What is in the slots, oldest mark first. Those of a newer millrace are an error.
rollback_marks::contents contents_of(const std::vector<mark_slot>& slots, std::string& error) {
    rollback_marks::contents contents;
    std::vector<slot_reading> intact;
    for (auto const& slot : slots) {
        auto reading = read_slot(slot);
        contents.torn += reading.content == slot_content::torn ? 1 : 0;
        if (reading.content == slot_content::newer) {
            error = "a newer millrace wrote it";
        }
        if (reading.content == slot_content::intact) {
            intact.push_back(std::move(reading));
        }
    }
    std::sort(intact.begin(), intact.end(), [](auto const& left, auto const& right) {
        return left.sequence < right.sequence;
    });
    for (auto& reading : intact) {
        contents.marks.push_back(std::move(reading.mark));
    }
    return contents;
}

/// The slots of the file, which is made or made whole; and the file, opened.
std::vector<mark_slot> prepare(const std::string& directory, descriptor& file, std::string& error) {
    auto const path = path_in(directory);
    auto const open_it = [&path] { return ::open(path.c_str(), O_RDWR | O_CLOEXEC); };
    file.value = open_it();
    if (file.value < 0 && errno != ENOENT) {
        error = text_of(errno);
        return {};
    }
    std::vector<mark_slot> read(rollback_marks::slots);

    struct stat status {};

    if (file.value >= 0) {
        read = read_slots(file.value, error);
        if (!error.empty() || (::fstat(file.value, &status) == 0 && status.st_size == file_bytes)) {
            return read;
        }
        ::close(file.take());
    }
    error = make_file(directory, read);
    file.value = error.empty() ? open_it() : -1;
    if (error.empty() && file.value < 0) {
        error = text_of(errno);
    }
    return read;
}

std::string with_path(const std::string& directory, const std::string& error) {
    return fmt::format("data_dir: cannot use '{}': {}", path_in(directory), error);
}

}  // namespace

std::unique_ptr<rollback_marks> rollback_marks::open(
    const std::string& directory, std::string& error
) {
    error.clear();
    descriptor file{-1};
    auto const slots_read = prepare(directory, file, error);
    std::unique_ptr<rollback_marks> opened;
    if (error.empty()) {
        opened.reset(new rollback_marks{file.take()});
        error = opened->take_over(slots_read);
    }
    if (!error.empty()) {
        error = with_path(directory, error);
        return nullptr;
    }
    return opened;
}

rollback_marks::contents rollback_marks::read(const std::string& directory, std::string& error) {
    error.clear();
    descriptor const file{::open(path_in(directory).c_str(), O_RDONLY | O_CLOEXEC)};
    if (file.value < 0 && errno == ENOENT) {
        return {};
    }
    contents contents;
    if (file.value < 0) {
        error = text_of(errno);
    } else if (auto const slots_read = read_slots(file.value, error); error.empty()) {
        contents = contents_of(slots_read, error);
    }
    if (!error.empty()) {
        error = with_path(directory, error);
    }
    return contents;
}

rollback_marks::~rollback_marks() {
    ::close(file_);
}

std::string rollback_marks::take_over(const std::vector<mark_slot>& read) {
    std::string error;
    found_ = contents_of(read, error);
    for (std::size_t i = 0; i < read.size(); ++i) {
        auto reading = read_slot(read[i]);
        if (reading.content == slot_content::intact) {
            held_[i] = std::move(reading.mark);
            last_sequence_ = std::max(last_sequence_, reading.sequence);
        }
    }
    return error;
}

std::string rollback_marks::mark(const rollback_mark& seen) {
    auto const same = [&seen](auto const& mark) {
        return mark && mark->rollout == seen.rollout && mark->candidate == seen.candidate;
    };
    if (std::any_of(held_.begin(), held_.end(), same)) {
        return {};
    }
    auto const free = std::find(held_.begin(), held_.end(), std::nullopt);
    if (free == held_.end()) {
        return fmt::format("all {} rollback marks wait to be recorded", slots);
    }
    auto const slot = to_slot(seen, last_sequence_ + 1);
    if (!slot) {
        return fmt::format("the names of route '{}' are too long to mark a rollback", seen.route);
    }
    auto error = write_slot(file_, static_cast<std::size_t>(free - held_.begin()), *slot);
    if (error.empty() && ::fdatasync(file_) != 0) {
        error = text_of(errno);
    }
    // After an error the slot stays free: the next try writes all of it again.
    if (error.empty()) {
        *free = seen;
        ++last_sequence_;
    }
    return error;
}

std::string rollback_marks::clear(rollout_id rollout, const std::string& candidate) {
    std::string error;
    for (std::size_t i = 0; i < slots && error.empty(); ++i) {
        if (held_[i] && held_[i]->rollout == rollout && held_[i]->candidate == candidate) {
            error = write_slot(file_, i, mark_slot{});
            if (error.empty()) {
                held_[i].reset();
            }
        }
    }
    return error;
}

std::size_t rollback_marks::waiting() const noexcept {
    return static_cast<std::size_t>(std::count_if(held_.begin(), held_.end(), [](auto const& mark) {
        return mark.has_value();
    }));
}

}  // namespace millrace::journal
