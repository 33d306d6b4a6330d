exports.greeting = () => 'Hello from @VERSION@'
