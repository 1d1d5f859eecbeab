import{a,b,c,d,e,f,g,h}from"./chunk-7B2PFILC.js";import"./chunk-4XVWJVY3.js";export{g as add,b as all,a as get,c as put,e as putAll,d as remove,f as update,h as wipe};
