module example.test/wrapper

go 1.25.0

require example.test/fake v1.2.3
