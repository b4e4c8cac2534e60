#include "support/killed.h"

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>
#include <csignal>
#include <cstdarg>
#include <cstdio>

namespace {

int calls_left = 0;  // 0: nobody is to be killed

void count() {
    if (calls_left != 0 && --calls_left == 0) ::kill(::getpid(), SIGKILL);
}

}  // namespace

extern "C" {
int __real_rename(const char*, const char*);
int __real_link(const char*, const char*);
int __real_unlink(const char*);
int __real_fsync(int);

int __wrap_rename(const char* from, const char* to) { return count(), __real_rename(from, to); }
int __wrap_link(const char* from, const char* to) { return count(), __real_link(from, to); }
int __wrap_unlink(const char* path) { return count(), __real_unlink(path); }
int __wrap_fsync(int file) { return count(), __real_fsync(file); }
}

namespace photopsy::test {

bool killed_at(int call, const std::function<void()>& work) {
    const auto child = ::fork();
    if (child == 0) {
        calls_left = call;
        work();
        ::_exit(0);
    }
    int status = 0;
    ::waitpid(child, &status, 0);
    return WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL;
}

}  // namespace photopsy::test
