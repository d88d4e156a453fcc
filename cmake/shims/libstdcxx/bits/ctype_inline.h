// Empty on purpose: the host's version defines members of std::ctype<char> that index glibc's tables.
